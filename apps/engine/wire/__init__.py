"""Bytes in, things out: no sockets, no asyncio."""
