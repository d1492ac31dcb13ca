-- A medchat may name the organisation that answers an appeal which names none. Staff rooms have an owner instead.

alter table rooms add column default_organisation text references organisations (id);
