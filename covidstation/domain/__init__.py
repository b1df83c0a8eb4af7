"""Pure rules: frozen values and functions over them; `today` and `now` are parameters, no import but the library."""
