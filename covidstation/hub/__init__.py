"""The district's side: takes in what stations send, keeps it in order, answers with receipts."""
