//! The catalogue of words shown to people, as far as the server itself speaks.
