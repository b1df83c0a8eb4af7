"""Taking in what stations send: the inbox, its workers, one outcome for each bundle."""
