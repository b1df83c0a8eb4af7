"""The line list: many people of one mass test in one grid."""
