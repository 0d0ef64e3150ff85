"""Character encodings: bytes to text and back, with detection of legacy encodings."""
