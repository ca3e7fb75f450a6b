// Calls the registry from Node: look-ups, paging, export, change feed, errors. The protos are read
// at run time; nothing is generated.
//
//   npm ci --prefix docs/guides/registry
//   node docs/guides/registry/example.mjs --proto proto --server 127.0.0.1:7100 --token "$TOKEN" \
//       --division 621126000000 --id-number 62112619800312…
//
// Prints what it found as one JSON object.

import path from 'node:path';
import {parseArgs} from 'node:util';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import protobuf from 'protobufjs';

const text = {type: 'string'};
const {values: args} = parseArgs({
  options: {proto: text, server: text, token: text, division: text, 'id-number': text},
});
const idNumber = args['id-number'];

const definition = loader.loadSync('fangpin/registry/v1/registry_service.proto', {
  includeDirs: [args.proto],
  longs: Number,
  enums: String,
  defaults: true,
});
const {RegistryService} = grpc.loadPackageDefinition(definition).fangpin.registry.v1;
// One channel for the whole program: a new one costs a handshake a call.
const client = new RegistryService(args.server, grpc.credentials.createInsecure());
const metadata = new grpc.Metadata();
metadata.set('authorization', `Bearer ${args.token}`);

// What may be sent again as it is, with a growing pause.
const retry = new Set([
  grpc.status.UNAVAILABLE,
  grpc.status.RESOURCE_EXHAUSTED,
  grpc.status.ABORTED,
]);

function call(method, request, seconds = 10) {
  const deadline = Date.now() + seconds * 1000;
  return new Promise((resolve, reject) => {
    client[method](request, metadata, {deadline}, (error, answer) =>
      error ? reject(error) : resolve(answer),
    );
  });
}

// Only an empty next_page_token is the end.
async function* everyPage(method, request) {
  for (let pageToken = ''; ; ) {
    const answer = await call(method, {...request, pageToken}, 30);
    yield answer;
    pageToken = answer.nextPageToken;
    if (!pageToken) return;
  }
}

// The reason and the fields of a failed call, from grpc-status-details-bin.
const errors = new protobuf.Root();
errors.resolvePath = (_, file) => path.join(args.proto, file);
errors.loadSync(['google/rpc/status.proto', 'google/rpc/error_details.proto']);
function details(error) {
  const found = {reason: '', fields: []};
  for (const bytes of error.metadata.get('grpc-status-details-bin')) {
    for (const any of errors.lookupType('google.rpc.Status').decode(bytes).details) {
      const type = any.type_url.slice(any.type_url.lastIndexOf('/') + 1);
      const detail = errors.lookupType(type).decode(any.value);
      if (type === 'google.rpc.ErrorInfo') found.reason = detail.reason;
      if (type === 'google.rpc.BadRequest') {
        found.fields = detail.fieldViolations.map((v) => [v.field, v.reason]);
      }
    }
  }
  return found;
}

const found = {};

// Is this person in a monitored household?
const purpose = '医疗救助资格核对';
const {match} = await call('LookUpPerson', {idNumber, purpose});
found.household = match.householdId;
found.monitored = match.monitoringState;

// Two thousand at a time; an answer a number, in the same order, a reason where there is none.
const idNumbers = [idNumber, '11010519491231002X', '1'];
const batch = await call('BatchLookUpPersons', {idNumbers, purpose});
found.batch = batch.results.map((result) => result.reason || 'FOUND');

const {household} = await call('GetHousehold', {householdId: match.householdId});
found.members = household.members.length;

const filter = {division: args.division};
found.listed = 0;
for await (const page of everyPage('ListHouseholds', {filter, pageSize: 7})) {
  found.listed += page.households.length;
}
const {counts} = await call('CountHouseholds', {filter}, 30);
found.counted = counts.map((count) => [count.households, count.persons]);

// The whole area once, then every change: the feed takes over exactly where the export stands.
let token = '';
found.exported = 0;
for await (const part of client.ExportHouseholds({filter}, metadata)) {
  found.exported += part.households.length;
  token = part.watchToken; // keep part.resumeToken as well, to go on after a break
}
found.changes = 0;
const watch = {division: args.division, token, includeHousehold: true, untilNow: true};
for await (const part of client.WatchHouseholds(watch, metadata)) {
  found.changes += part.events.length;
  token = part.token; // store it with what you made of the events
}

// Errors: a stable reason and the fields to mend.
try {
  await call('LookUpPerson', {idNumber: idNumber.slice(0, -1), purpose});
} catch (error) {
  const code = grpc.status[error.code];
  found.error = {code, ...details(error), retry: retry.has(error.code)};
}
console.log(JSON.stringify(found));
client.close();
