# Sources of the deck: units, YAML, parameter table, reading, validation, printing.
set(LISEI_IO_DECK_SOURCES
  deck.c deck_annotation.c deck_petsc.c deck_print.c deck_protocol.c deck_source.c deck_validate.c deck_value.c
  diagnostics.c number.c parameter_text.c parameters.c parameters_protocol.c
  table.c table_deck.c table_help.c table_reference.c table_schema.c
  units.c units_root.c waveform.c words.c yaml_tree.c)
