"""HTTPS and screens for the registers of the store: translate, call a use case, translate back."""
