# The deck: units, reading, errors, protocol, what the table says of itself.
foreach(part units read base errors annotation protocol table plain fuzz)
  lisei_unit_test(test_deck_${part} test_deck_${part}.c lisei_io)
endforeach()
