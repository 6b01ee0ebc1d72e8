// Validates compose.yaml with the schema of the Compose specification, and checks that no service has more rights than it needs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import Ajv from 'ajv';
import { parse } from 'yaml';

import { HERE, ROOT } from './tools.mjs';

export function compose(text = readFileSync(join(ROOT, 'compose.yaml'), 'utf8')) {
  const schema = JSON.parse(readFileSync(join(HERE, 'node_modules/dclint/schemas/compose.schema.json'), 'utf8'));
  delete schema.$schema; // names draft 7 with the scheme https, which the validator does not know
  const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
  const file = parse(text, { merge: true });
  validate(file);
  const problems = (validate.errors ?? []).map(
    (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
  );
  for (const [name, service] of Object.entries(file.services)) {
    const demanded = {
      'capabilities are not dropped': service.cap_drop?.includes('ALL'),
      'privileges can grow': service.security_opt?.includes('no-new-privileges:true'),
      'the root file system is writable': service.read_only,
      'there is no health check': service.healthcheck?.test,
      'the image has no version': service.build || /:v?\d/.test(service.image ?? ''),
      'a port is published to other machines': (service.ports ?? []).every((port) => port.startsWith('127.0.0.1:')),
    };
    problems.push(
      ...Object.entries(demanded)
        .filter(([, fulfilled]) => !fulfilled)
        .map(([problem]) => `${name}: ${problem}`),
    );
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {}))
      if (condition !== 'service_healthy' || !file.services[other])
        problems.push(`${name}: does not wait until ${other} is healthy`);
    for (const volume of service.volumes ?? []) {
      const [source] = volume.split(':');
      if (/^\w/.test(source) && file.volumes?.[source] === undefined && !(source in (file.volumes ?? {})))
        problems.push(`${name}: no volume ${source}`);
    }
  }
  return problems.map((problem) => `compose.yaml: ${problem}`);
}
