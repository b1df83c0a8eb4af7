# Thin names for ./run, for those whose fingers know make.
WORDS = test faults format lint types layers doors licences i18n pictures bench ci lock

.PHONY: start $(WORDS)
start:
	./run

$(WORDS):
	./run $@
