"""Mail: messages, alone or in a mailbox, of which the plain text is cleaned and all else kept."""
