"""The statement that tells many people at once: messages, copies, journal and outbox."""

from __future__ import annotations

#: The arrays that :data:`NOTIFY` reads, in order.
COLUMNS = (
    "ids", "keys", "persons", "accounts", "templates", "versions", "facts", "cases", "legal",
    "leaves", "everywhere",
)  # fmt: skip

# Who reads: the person, or the parents of a minor who has no contact of their own. By which
# channel: what their contacts and preferences allow; a text message to those whom no e-mail
# reaches, and to all when the template says so. A message whose key exists brings nothing with it.
NOTIFY = """
WITH given AS (
    SELECT * FROM unnest(
        %(ids)s::uuid[], %(keys)s::text[], %(persons)s::uuid[], %(accounts)s::uuid[],
        %(templates)s::text[], %(versions)s::smallint[], %(facts)s::jsonb[], %(cases)s::uuid[],
        %(legal)s::boolean[], %(leaves)s::boolean[], %(everywhere)s::boolean[]
    ) WITH ORDINALITY AS line (
        id, key, person, account, template, version, facts, case_ref, legal, leaves, everywhere,
        rank
    )
), written AS (
    INSERT INTO notice_message (
        id, key, person_id, account_id, template, version, language, facts, case_ref, created_at
    )
    SELECT given.id, given.key, given.person, given.account, given.template, given.version,
           CASE WHEN person.language = ANY(%(languages)s) THEN person.language ELSE 'fr' END,
           given.facts, given.case_ref, %(now)s
    FROM given LEFT JOIN person ON person.id = given.person
    ORDER BY given.rank
    ON CONFLICT (key) DO NOTHING
    RETURNING id, person_id, account_id, template, version, case_ref
), told AS (
    INSERT INTO journal_entry (at, actor, action, subject_kind, subject, case_ref, facts)
    SELECT %(now)s, %(actor)s, 'notice.written',
           CASE WHEN written.person_id IS NULL THEN 'account' ELSE 'person' END,
           coalesce(written.person_id, written.account_id), written.case_ref,
           jsonb_build_object(
               'message', written.id, 'template', written.template, 'version', written.version
           )
    FROM written JOIN given USING (id)
    ORDER BY given.rank
    RETURNING id, (facts ->> 'message')::uuid AS message
), concerned AS (
    SELECT written.id AS message, given.legal, given.everywhere, person.id AS person,
           person.born_on > %(of_age)s AND person.email = '' AND person.phone = ''
               AND person.account_id IS NULL AS through_parents
    FROM written JOIN given USING (id) JOIN person ON person.id = written.person_id
    WHERE given.leaves
), readers AS (
    SELECT message, legal, everywhere, person FROM concerned WHERE NOT through_parents
    UNION
    SELECT message, legal, everywhere,
           CASE family_link.kind WHEN 'parent' THEN relative_id ELSE person_id END
    FROM concerned JOIN family_link
      ON (kind = 'parent' AND person_id = concerned.person)
      OR (kind = 'child' AND relative_id = concerned.person)
    WHERE through_parents AND coalesce(from_on <= %(today)s, true)
      AND coalesce(to_on >= %(today)s, true)
), reached AS (
    SELECT message, everywhere, person.id AS reader,
           coalesce(account.email, person.email) <> '' AND (
               coalesce(mail.wants, 'all') = 'all' OR (mail.wants = 'legal' AND legal)
           ) AS by_email,
           %(sms)s AND person.phone <> '' AND (
               coalesce(text.wants, 'all') = 'all' OR (text.wants = 'legal' AND legal)
           ) AS by_sms
    FROM readers JOIN person ON person.id = readers.person
    LEFT JOIN account ON account.id = person.account_id AND account.is_active
    LEFT JOIN notice_preference mail ON mail.person_id = person.id AND mail.channel = 'email'
    LEFT JOIN notice_preference text ON text.person_id = person.id AND text.channel = 'sms'
), copies AS (
    SELECT message, reader, 'email' AS channel FROM reached WHERE by_email
    UNION ALL
    SELECT message, reader, 'sms' FROM reached WHERE by_sms AND (everywhere OR NOT by_email)
    UNION ALL
    SELECT written.id, NULL, 'email'
    FROM written JOIN given USING (id) JOIN account ON account.id = written.account_id
    WHERE given.leaves AND account.is_active
), leaving AS (
    INSERT INTO notice_delivery (
        id, message_id, channel, reader_id, state, attempts, provider, error, created_at
    )
    SELECT gen_random_uuid(), message, channel, reader, 'waiting', 0, '', '', %(now)s FROM copies
    RETURNING id, message_id, channel, reader_id
), queued AS (
    INSERT INTO journal_outbox (entry_id, kind, payload, key, due_at)
    SELECT told.id, 'notice.' || channel, jsonb_build_object('delivery', leaving.id),
           leaving.id::text,
           CASE channel WHEN 'sms' THEN coalesce(overseas.at, %(sms_at)s) ELSE %(now)s END
    FROM leaving JOIN told ON told.message = leaving.message_id
    LEFT JOIN person ON person.id = leaving.reader_id
    LEFT JOIN commune ON commune.code = person.commune_id
    LEFT JOIN unnest(%(overseas)s::text[], %(overseas_at)s::timestamptz[])
        AS overseas (department, at) ON overseas.department = commune.department_id
)
SELECT count(*) FROM written
"""
