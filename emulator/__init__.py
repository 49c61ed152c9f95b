"""WhatsApp's Cloud API on this machine: what Meta accepts, refuses and reports, and the phones of its patients."""
