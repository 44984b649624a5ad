/**
 * Every error that Refrain itself raises: what it says, and what the reader can do. `{name}` is filled in
 * from the details given with the error. The core knows no HTTP numbers; an edge maps codes to them.
 */
export const catalogue = {
  RF_CONTRACT: {
    message: 'The contract of {service} is not usable: {problems}. Nothing was registered.',
    solve: 'Mend each point listed; a contract loads whole or not at all.',
  },
  RF_DECIDER: {
    message: 'The decider {entity} is not usable: {problem}. Nothing was registered.',
    solve: 'Give every event of the entity its line in `evolve`.',
  },
  RF_SERVICE: {
    message: 'The service {service} cannot be hosted: {problems}. Nothing was started.',
    solve:
      'Mend each point listed in its reactions, effects or deadlines; `npx tsc --noEmit` tells file and line of a name that is wrong.',
  },
  RF_EVENT_INVALID: {
    message: '{type} version {version} has data its schema refuses: {problem}. Nothing was recorded.',
    solve: 'Compare the data with the event in the contract of the service that owns it.',
  },
  RF_EVENT_UNKNOWN: {
    message: '{type} is no event of {service}. It was not read.',
    solve: 'Deploy the reader that knows the event first, or correct the name.',
  },
  RF_EVENT_NEWER: {
    message: '{type} has version {version}, this build knows {known}. It waits, nothing was skipped.',
    solve: 'Deploy the newer reader; the event is delivered again until then.',
  },
  RF_COMMIT_INVALID: {
    message: 'The message at {stream}:{seq} is no commit: {problem}. It was not handled.',
    solve: 'Find who wrote it; only the owner of a stream may publish there.',
  },
  RF_TOLD_INVALID: {
    message: 'What an outsider told at {stream}:{seq} cannot be taken: {problem}. Nothing was decided.',
    solve:
      'Tell who runs that program: docs/interop.md has the form, the contract (`outsiders`) what it may tell. Then resolve the dead letter; what is told rightly under another id is taken.',
  },
  RF_COMMIT_TOO_LARGE: {
    message: 'A commit of {bytes} bytes for {entity} is over the bound of {bytesMax}. Nothing was recorded.',
    solve: 'Record less in one decision, or keep large content elsewhere and record its address.',
  },
  RF_ENTITY_ID: {
    message: 'The id "{id}" of {entityType} is not of the form [A-Za-z0-9_-]{1,64}. Nothing was recorded.',
    solve: 'Use an id of letters, digits, "_" and "-".',
  },
  RF_APPEND_CONFLICT: {
    message:
      '{entity} was written by another {tries} times while this decision was made. Nothing was recorded.',
    solve:
      'Nothing, if it is rare: a delivery comes again by itself, a request may be sent again under the same key. Many of these on one entity: it is hot, make it a reader of its own log.',
  },
  RF_APPEND_UNKNOWN: {
    message:
      'The broker did not confirm a commit of {entity} within {ms} ms ({last}). It may be stored; its commit id tells when it is decided again.',
    solve: 'See whether nats-server is up and has a leader. The work goes on by itself when it is.',
  },
  RF_LOG_BEHIND: {
    message:
      '{stream} does not hold the message at {seq} that the cursor of {entity} names ({found}). It stopped; nothing was recorded.',
    solve:
      'The log lost what it had acknowledged (a power cut), or is another one. `npx refrain recover --since TIME` brings logs and world together again; where the store is another one, put the right one back, or begin with an empty one (`--fresh`). A new start looks again.',
  },
  RF_STATE_FOREIGN: {
    message:
      'What is known of {entity} ends at {known}, and its commit at {seq} was made on the one at {expected}. It was not folded; the state is dropped.',
    solve:
      'Nothing, mostly: a snapshot or a state in memory was of a log that lost its tail, and the entity is read again from its beginning. Where it is told again and again of one entity, its log has a gap: `npx refrain audit` names it.',
  },
  RF_RECOVERY_BUSY: {
    message:
      'The recovery {id} cannot go on: {problem}. No durable was rewound by it from here on; services that see it hold still.',
    solve:
      'Stop the processes that still run (`npx refrain ps`), or wait until they have seen it, and run the same command again: it goes on where it stopped.',
  },
  RF_ARCHIVE_LINE: {
    message: 'A line is not as it should be in an archive: {problem}.',
    solve: 'Take another copy of the file, or export anew. What read it says which line it is.',
  },
  RF_ARCHIVE: {
    message: 'The archive {file} is not usable, line {line}: {problem}. Nothing was written.',
    solve: 'Take another copy of the file, or export anew.',
  },
  RF_COPY_REFUSED: {
    message: 'The message at {stream}:{seq} was not stored: {problem}. What lies before it stands.',
    solve:
      'See whether nats-server is up and whether anything else writes there; then import the file again.',
  },
  RF_EXPORT: {
    message: 'Nothing was exported: {problem}.',
    solve: 'Do what the message says, and export again. The logs are as they were.',
  },
  RF_IMPORT: {
    message: 'The archive {file} was not imported: {problem}. Nothing was written.',
    solve:
      'Import into an empty platform: a data folder that is new (REFRAIN_DATA), or a broker without these streams (NATS_URL).',
  },
  RF_IMPORT_BROKEN_OFF: {
    message:
      'The import of {file} ended at {done} of {total} messages: {problem}. No service starts on what is there.',
    solve: 'Run the same command again: it goes on from there. Or begin with an empty data folder.',
  },
  RF_IMPORT_UNFINISHED: {
    message:
      'This platform holds a part of an archive whose import did not end (sha256 {sha256}). Nothing was started.',
    solve:
      'Run `npx refrain import <file>` again with the same file: it goes on where it stopped. Or begin with an empty data folder (--fresh).',
  },
  RF_IMPORT_LOST: {
    message:
      'The log of {service} ends at {last}, and the archive that was imported ended at {position}: the broker lost a part of it. The platform was not taken over, and nobody is called.',
    solve: 'Import the archive again, into an empty data folder.',
  },
  RF_TOPOLOGY: {
    message:
      '{what}: the broker has {actual}, Refrain wants {expected}. It was left as it is, since the change would lose data.',
    solve: 'Start with an empty data folder (--fresh), or put the old value back.',
  },
  RF_DURABLE_BUSY: {
    message:
      '{durable} on {stream} is to hear {added} too, has passed what was stored of it from {first} on, and is heard by somebody now. It was left as it is.',
    solve:
      'Stop the service whose durable it is, and run the same again: the durable is put back to before the first of them. What it hears again adds nothing and calls nobody; a long log takes its time.',
  },
  RF_BROKER_REFUSED: {
    message: 'The broker refused {what}: {problem} ({code}). Nothing was recorded.',
    solve:
      'Compare the streams and the permissions of the user with the topology; `npx refrain up` reconciles both.',
  },
  RF_BROKER_TOO_OLD: {
    message: '{where} runs nats-server {version}, Refrain needs {floor} or newer. Nothing was done.',
    solve:
      'Install a newer nats-server; older ones lack the message schedules that operations are parked with.',
  },
  RF_TOPOLOGY_PLAN: {
    message: 'The services declare a topology that is not usable: {problem}. Nothing was made.',
    solve: 'Correct the declaration; each stream and each durable has one owner.',
  },
  RF_TOPOLOGY_FILE: {
    message: '{file} is not what topologyOf() makes, as JSON: {problem}. Nothing was made.',
    solve:
      'Write it anew from the service: `JSON.stringify(topologyOf(definition))`, with topologyOf of @refrain/runtime (docs/own-repository.md). One that a shop has kept lies in the folder `guests` of its data folder.',
  },
  RF_CONFIG: {
    message: 'The configuration has wrong values: {problems}. Nothing was started.',
    solve:
      'Correct every value listed: in a flag, in the environment or in `.env`, as the message says. `.env.example` has what each may be.',
  },
  RF_SERVICE_LOAD: {
    message: '{where} cannot be loaded: {problem}. Nothing was done.',
    solve:
      'Mend that file, at that line where one is named; `npx tsc --noEmit` lists what else is wrong with the services. A command that needs none of them, such as `npx refrain ps`, goes on meanwhile.',
  },
  RF_UNREACHABLE: {
    message: '{what} was not reached at {where}: {problem}.',
    solve:
      'Start the shop with `npm start`, or name the right place: a shop that was started with `REFRAIN_DATA` is found with the same `REFRAIN_DATA`, in every terminal.',
  },
  RF_ANSWER_UNKNOWN: {
    message:
      '{what} was sent to {where}, and what became of it is not known: {problem}. It may have been recorded. {again} is safe, and finds out.',
    solve:
      'Send the same again under the same key, as the message says: what was recorded is answered as it was, what was not is recorded now. Under another key it may be done twice.',
  },
  RF_OPERATION_MISSING: {
    message:
      '{entity} has no operation {operation} in what was read of the log; perhaps a replica lags. Nothing was recorded; it is tried again.',
    solve:
      'Nothing, if it passes. If it stays, the log lost its tail: `npx refrain recover --since TIME`; `npx refrain state` shows what is left of the entity.',
  },
  RF_DESK_UNKNOWN: {
    message: '{service} knows no {what} {id} that is open or was closed lately. Nothing was recorded.',
    solve:
      '`npx refrain retries ls` and `npx refrain dead-letters ls` show what there is; `npx refrain why <operationId>` reads the whole log.',
  },
  RF_DESK_REFUSED: {
    message: '{what}: {asked} was refused, since {problem}. Nothing was recorded. {instead}',
    solve: 'Do what the message says instead. The log is as it was.',
  },
  RF_BUSY: {
    message:
      '{service} has {requests} requests under way, which is as many as it takes. Nothing was recorded.',
    solve:
      'Send the request again a little later; the same key is safe. If it stays, the broker is slow or away.',
  },
  RF_STOPPING: {
    message: '{service} is stopping and takes no new work. Nothing was recorded.',
    solve: 'Send the request again, to another instance or after the restart; the same key is safe.',
  },
} as const satisfies Record<string, { message: string; solve: string }>;

/** The code of an error: stable, and the address of its heading in docs/errors.md. */
export type ErrorCode = keyof typeof catalogue;
