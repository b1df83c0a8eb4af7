"""Who may open the register, and who did what with it: keys, users, tries, the record of acts."""
