// What the objects of a release say about each other: selectors, ports, names of Secrets and ConfigMaps.

const matches = (selector, labels) => Object.entries(selector).every(([key, value]) => labels[key] === value);

/** Selectors that select nothing or too much, ports without a name, backends without a Service. */
export function references(objects) {
  const problems = [];
  const of = (...kinds) => objects.filter(({ kind }) => kinds.includes(kind));
  const [workload] = of('Deployment', 'StatefulSet');
  const { metadata, spec } = workload.spec.template;
  // The StatefulSet controller adds this label.
  const shards = Array.from({ length: workload.kind === 'StatefulSet' ? workload.spec.replicas : 1 }, (_, index) =>
    String(index),
  );
  const pods = shards.map((index) => ({ ...metadata.labels, 'apps.kubernetes.io/pod-index': index }));
  const ports = spec.containers[0].ports.map(({ name }) => name);
  for (const service of of('Service')) {
    if (!pods.some((labels) => matches(service.spec.selector, labels)))
      problems.push(`${service.metadata.name} selects no pod`);
    for (const { targetPort } of service.spec.ports)
      if (!ports.includes(targetPort)) problems.push(`${service.metadata.name}: no port ${targetPort}`);
  }
  // The pod of `helm test` calls the Service. A headless one leads to the ports of the pods.
  for (const { spec } of of('Pod')) {
    const [host, port] = spec.containers[0].args[1].split(':');
    const service = of('Service').find(({ metadata }) => metadata.name === host);
    const expected = service?.spec.clusterIP === 'None' ? 10736 : service?.spec.ports[0].port;
    if (Number(port) !== expected) problems.push(`the test calls ${host}:${port}, where nothing listens`);
  }
  const selectors = [workload, ...of('PodDisruptionBudget')]
    .map(({ spec }) => spec.selector)
    .concat(of('NetworkPolicy').map(({ spec }) => spec.podSelector));
  if (!selectors.every(({ matchLabels }) => matches(matchLabels, metadata.labels)))
    problems.push('a selector does not select the pods');
  for (const { metadata, spec } of of('Pod'))
    if (matches(workload.spec.selector.matchLabels, metadata.labels))
      problems.push('the pod of the test is one of the exporter');
  for (const {
    spec: { rules },
  } of of('Ingress')) {
    const { service } = rules[0].http.paths[0].backend;
    const found = of('Service').find(({ metadata }) => metadata.name === service.name);
    if (!found?.spec.ports.some(({ name }) => name === service.port.name))
      problems.push(`an Ingress leads to ${service.name}, which is missing`);
  }
  for (const {
    spec: { selector, endpoints },
  } of of('ServiceMonitor')) {
    const found = of('Service').filter(({ metadata }) => matches(selector.matchLabels, metadata.labels));
    if (found.length !== 1 || found[0].spec.ports[0].name !== endpoints[0].port)
      problems.push(`the ServiceMonitor selects ${found.length} Services`);
  }
  if (workload.kind === 'StatefulSet' && !of('Service').some(({ metadata }) => metadata.name === workload.spec.serviceName))
    problems.push('the StatefulSet has no Service');
  const account = of('ServiceAccount')[0]?.metadata.name;
  if (account && spec.serviceAccountName !== account) problems.push(`the pods do not use the ServiceAccount ${account}`);
  const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
  for (const name of names.filter((name, n) => names.indexOf(name) !== n)) problems.push(`${name} is there twice`);
  return problems;
}

/** What a restricted namespace demands of a pod. */
export function restricted({ spec }) {
  const { securityContext: pod = {}, containers, automountServiceAccountToken: token } = spec;
  const [{ securityContext: container = {} }] = containers;
  const demanded = {
    'runAsNonRoot is not true': pod.runAsNonRoot === true && pod.runAsUser > 0,
    'no seccomp profile': pod.seccompProfile?.type === 'RuntimeDefault',
    'privileges can grow': container.allowPrivilegeEscalation === false,
    'capabilities are not dropped': container.capabilities?.drop?.includes('ALL') === true,
    'the root file system is writable': container.readOnlyRootFilesystem === true,
    'a token is mounted': token === false,
  };
  return Object.entries(demanded)
    .filter(([, fulfilled]) => !fulfilled)
    .map(([problem]) => problem);
}
