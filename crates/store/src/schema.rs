//! The tables, as diesel sees them. Each migration that changes one changes it here.

// Columns say what they are by their names, and diesel makes more items of them that no comment can reach.
#![allow(missing_docs)]

diesel::table! {
    users (id) {
        id -> Uuid,
        email -> Nullable<Text>,
        name -> Text,
        password_hash -> Text,
        locale -> Text,
        timezone -> Text,
        disabled_at -> Nullable<Timestamptz>,
        feed_version -> BigInt,
        created_at -> Timestamptz,
        admin -> Bool,
        deleted_at -> Nullable<Timestamptz>,
        preferences -> Jsonb,
        password_rule -> SmallInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    refresh_tokens (hash) {
        hash -> Bytea,
        session_id -> Uuid,
        issued_at -> Timestamptz,
        rotated_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    log_identity (only_row) {
        only_row -> Bool,
        system_identifier -> Text,
        timeline -> Text,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::allow_tables_to_appear_in_same_query!(users, sessions, refresh_tokens);

diesel::table! {
    projects (id) {
        id -> Uuid,
        epoch -> Text,
        version -> BigInt,
        total_bytes -> BigInt,
        last_number -> BigInt,
        changed_at -> Timestamptz,
        key -> Text,
        name -> Text,
        description -> Text,
        workflow -> Jsonb,
        blocked_gate -> Text,
        archived -> Bool,
        created_at -> Timestamptz,
        created_by -> Uuid,
        updated_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
        create_command_id -> Uuid,
        create_hash -> Bytea,
        labels -> Jsonb,
        fields -> Jsonb,
    }
}

diesel::table! {
    members (project_id, user_id) {
        project_id -> Uuid,
        user_id -> Uuid,
        role -> Text,
    }
}

diesel::table! {
    watchers (project_id, user_id, task_id) {
        project_id -> Uuid,
        user_id -> Uuid,
        task_id -> Uuid,
    }
}

diesel::table! {
    notifications (user_id, id) {
        user_id -> Uuid,
        id -> BigInt,
        project_id -> Uuid,
        about -> Uuid,
        cause -> Text,
        version -> BigInt,
        count -> BigInt,
        actor -> Uuid,
        comment_id -> Nullable<Uuid>,
        unread -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    filters (project_id, id) {
        project_id -> Uuid,
        id -> Uuid,
        user_id -> Uuid,
        name -> Text,
        query -> Jsonb,
        shared -> Bool,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    events (project_id, version) {
        project_id -> Uuid,
        version -> BigInt,
        #[sql_name = "type"]
        kind -> Text,
        access -> Text,
        at -> Timestamptz,
        actor -> Uuid,
        command_id -> Uuid,
        body -> Text,
        total_bytes -> BigInt,
        before -> Nullable<Text>,
    }
}

diesel::table! {
    tasks (project_id, id) {
        project_id -> Uuid,
        id -> Uuid,
        number -> BigInt,
        title -> Text,
        description -> Text,
        status -> Text,
        assignees -> Array<Uuid>,
        labels -> Array<Text>,
        priority -> Text,
        start_on -> Nullable<Date>,
        due_on -> Nullable<Date>,
        estimate -> Nullable<BigInt>,
        rank -> Text,
        parent -> Nullable<Uuid>,
        config -> Jsonb,
        fields -> Jsonb,
        comment_count -> BigInt,
        version -> BigInt,
        created_at -> Timestamptz,
        created_by -> Uuid,
        updated_at -> Timestamptz,
        deleted_version -> Nullable<BigInt>,
        archived_version -> Nullable<BigInt>,
    }
}

diesel::table! {
    comments (project_id, id) {
        project_id -> Uuid,
        id -> Uuid,
        task_id -> Uuid,
        author -> Uuid,
        body -> Text,
        deleted -> Bool,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        reply_to -> Nullable<Uuid>,
        created_version -> BigInt,
        reactions -> Jsonb,
    }
}

diesel::table! {
    snapshots (project_id, epoch, form, version) {
        project_id -> Uuid,
        epoch -> Text,
        form -> Integer,
        version -> BigInt,
        body -> Bytea,
    }
}

diesel::allow_tables_to_appear_in_same_query!(projects, members, users, watchers);
diesel::allow_tables_to_appear_in_same_query!(tasks, watchers);
