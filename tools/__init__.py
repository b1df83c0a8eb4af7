"""What developers and the build server run over the code itself: `./run layers`, `licences`, `i18n`."""
