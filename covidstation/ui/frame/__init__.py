"""The main window around the pages: side bar, top bar, action bar, status line, and the card scanner's ear."""
