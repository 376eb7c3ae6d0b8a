raise SystemExit("the settings are not imported")
