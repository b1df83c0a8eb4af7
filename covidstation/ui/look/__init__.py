"""The look in one place: colours, type, icons, spaces; no other module names a colour or a font size."""
