"""Receipt and label printers. One file a command language."""
