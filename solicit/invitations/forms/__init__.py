"""The shape of what organizers type about invitations."""
