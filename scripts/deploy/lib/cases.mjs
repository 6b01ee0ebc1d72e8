// The values that the chart is rendered with, and values that it must reject.
// As many characters as Helm allows.
const LONG = `a-${'release-'.repeat(6)}ab3`;
const many = Array.from({ length: 40 }, (_, n) => ({ name: `team ${n}/ü`, existingSecret: `key-${n}` }));
const receiver = {
  slackConfigs: [{ channel: '#runpod', apiURL: { name: 'slack', key: 'url' }, text: '{{ .CommonAnnotations.summary }}' }],
};
const tls = {
  tls_server_config: { cert_file: '/etc/runpod-exporter/tls/tls.crt', key_file: '/etc/runpod-exporter/tls/tls.key' },
};
const one = { existingSecret: 'runpod-exporter' };
const webhook = { enabled: true, existingSecret: 'webhook' };
const spread = { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' };

/** Settings that are switched on one by one, all together, and in turns. */
const SETTINGS = {
  config: {
    config: {
      refresh: { billing: '2h' },
      thresholds: { queue_depth: { warning: 10, critical: 50 } },
      webhook: { tokens_out: ['/n'] },
    },
  },
  collectors: { collectors: ['endpoints', 'health', 'latency'] },
  replicas: { replicaCount: 2 },
  image: {
    image: { repository: 'registry.example:5000/a/b', digest: `sha256:${'0'.repeat(64)}`, pullPolicy: 'Always' },
    imagePullSecrets: [{ name: 'registry' }],
  },
  log: { logLevel: 'info,runpod_exporter=debug', logFormat: 'json' },
  links: {
    externalUrl: 'https://exporter.example/',
    grafanaUrl: 'https://grafana.example',
    alertmanager: { url: 'http://alertmanager:9093', externalUrl: 'https://alerts.example' },
  },
  extras: {
    extraArgs: ['--collector.workers.each', '--runpod.timeout=5s'],
    extraEnv: [
      { name: 'RUNPOD_CONCURRENCY', value: '100' },
      { name: 'HTTPS_PROXY', valueFrom: { secretKeyRef: { name: 'proxy', key: 'url' } } },
    ],
    extraEnvFrom: [{ configMapRef: { name: 'more' } }],
    extraVolumes: [{ name: 'more', emptyDir: {} }],
    extraVolumeMounts: [{ name: 'more', mountPath: '/more' }],
    extraObjects: [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'extra' }, data: { a: '{{ not a template }}' } },
    ],
  },
  web: {
    webConfig: {
      content: { ...tls, basic_auth_users: { prometheus: '$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi' } },
      tlsSecret: 'certificate',
    },
  },
  service: { service: { type: 'NodePort', port: 80, annotations: { a: 'b' }, labels: { c: 'd' } } },
  ingress: {
    ingress: {
      enabled: true,
      className: 'nginx',
      annotations: { a: 'b' },
      host: 'exporter.example',
      tlsSecret: 'exporter-tls',
    },
  },
  webhook: {
    webhook: { ...webhook, ingress: { enabled: true, className: 'nginx', host: 'hooks.example', tlsSecret: 'hooks-tls' } },
  },
  monitor: {
    serviceMonitor: {
      enabled: true,
      namespace: 'monitoring',
      labels: { release: 'prometheus' },
      annotations: { a: 'b' },
      interval: '1m',
      honorLabels: true,
      scheme: 'https',
      targetLabels: ['team'],
      tlsConfig: { insecureSkipVerify: true },
      basicAuth: { username: { name: 'login', key: 'name' }, password: { name: 'login', key: 'password' } },
      relabelings: [{ action: 'labeldrop', regex: 'node' }],
      metricRelabelings: [{ action: 'labeldrop', regex: 'service' }],
    },
  },
  rules: { prometheusRule: { enabled: true, labels: { release: 'prometheus' } } },
  alerts: {
    alertmanagerConfig: {
      enabled: true,
      labels: { a: 'b' },
      receiver,
      watchdog: { webhookConfigs: [{ url: 'https://watchdog.example' }] },
    },
  },
  dashboards: { dashboards: { enabled: true, annotations: { grafana_folder: 'Runpod' } } },
  operator: { dashboards: { namespace: 'grafana', grafanaOperator: { enabled: true, matchLabels: { a: 'b' } } } },
  pod: {
    resources: { limits: { memory: '256Mi' } },
    podAnnotations: { a: '1' },
    podLabels: { b: 'c' },
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    priorityClassName: 'high',
    tolerations: [{ operator: 'Exists' }],
    affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
    topologySpreadConstraints: [spread, { ...spread, labelSelector: { matchLabels: { own: 'labels' } } }],
    terminationGracePeriodSeconds: 30,
    livenessProbe: { tcpSocket: { port: 'http' } },
    readinessProbe: { tcpSocket: { port: 'http' } },
  },
  account: { serviceAccount: { create: false, name: 'other' } },
  named: { serviceAccount: { name: 'exporter', annotations: { a: 'b' } } },
  budget: { podDisruptionBudget: { enabled: true, maxUnavailable: '50%' } },
  network: {
    networkPolicy: {
      enabled: true,
      metricsFrom: [],
      webhookFrom: [{ ipBlock: { cidr: '0.0.0.0/0' } }],
      extraEgress: [{ ports: [{ port: 9093 }] }],
    },
  },
  names: { nameOverride: 'gpu', commonLabels: { team: 'ml', 'example.com/a': 'Null' } },
};

const apart = Object.entries(SETTINGS).map(([name, values]) => [name, { ...one, ...values }]);
const together = Object.entries(SETTINGS).reduce((all, [, values]) => ({ ...all, ...values }), one);
// Every second and every third setting, so that each is on beside others that are off.
const turns = [2, 3].flatMap((step) =>
  Array.from({ length: step }, (_, first) => [
    `settings ${first}, ${first + step}, …`,
    Object.values(SETTINGS)
      .filter((_, n) => n % step === first)
      .reduce((all, values) => ({ ...all, ...values }), one),
  ]),
);

/** Name, values, release. */
export const CASES = [
  ['one account', one],
  ['key in the values', { apiKey: 'rpa_ABC' }],
  ['key with a line break', { apiKey: 'rpa_ABC\n' }],
  [
    'demo',
    { demo: { enabled: true, args: ['--scene=crash-loop', '--endpoints=5'] }, externalUrl: 'https://exporter.example' },
  ],
  [
    'demo with monitoring',
    {
      demo: { enabled: true },
      serviceMonitor: { enabled: true },
      prometheusRule: { enabled: true },
      dashboards: { enabled: true },
    },
  ],
  ...apart,
  ['everything', together],
  ...turns,
  ['own web configuration', { ...one, webConfig: { existingSecret: 'web', existingSecretKey: 'own-web.yaml' } }],
  ['odd token', { ...one, webhook: { enabled: true, token: '-._~aZ0123456789' } }],
  [
    'rules changed',
    {
      ...one,
      externalUrl: 'https://e.example/',
      grafanaUrl: 'https://g.example',
      prometheusRule: {
        enabled: true,
        disabled: ['RunpodWatchdog', 'RunpodPodIdle'],
        alertLabels: { team: 'ml' },
        absoluteLinks: true,
      },
    },
  ],
  [
    'accounts with odd names',
    {
      accounts: [
        { name: "it's {{ .Values }} & $HOME", apiKey: 'rpa_ONE' },
        { name: 'true', apiKey: 'rpa_TWO' },
        { name: '0123', apiKey: 'rpa_THREE' },
        { name: '🚀: -x #', existingSecret: 's' },
        {
          name: 'n'.repeat(128),
          apiKey: 'rpa_FOUR',
          collectors: ['endpoints', 'health'],
          endpoints: { include: ['a.*'], exclude: ['\\d+'] },
          rest_quota_share: 0.25,
          refresh: { workers: '5m' },
        },
        { name: 'by variable', api_key_env: 'KEY' },
      ],
      extraEnv: [{ name: 'KEY', value: 'rpa_FIVE' }],
    },
  ],
  [
    'shards',
    {
      accounts: many,
      shards: 3,
      webhook: { ...webhook, ingress: { enabled: true, host: 'hooks-{shard}.example' } },
      serviceMonitor: { enabled: true },
      podDisruptionBudget: { enabled: true },
    },
  ],
  ['more shards than accounts', { accounts: many.slice(0, 2), shards: 12, webhook, service: { port: 80 } }],
  ['long names', { ...together, replicaCount: 1 }, LONG],
  ['long names of shards', { accounts: many, shards: 11, webhook, nameOverride: 'x'.repeat(63) }, LONG],
  [
    'long full name',
    { ...one, fullnameOverride: `${'y'.repeat(49)}-${'z'.repeat(100)}`, webhook, dashboards: { enabled: true } },
  ],
  ['release named like the chart', { ...one, serviceMonitor: { enabled: true } }, 'runpod-exporter'],
  ['release of one digit', one, '0a'],
];

/** Values, and what the error names. */
export const REJECTED = [
  [{}, 'no API key: set existingSecret'],
  [{ ...one, unknown: 1 }, "additional properties 'unknown' not allowed"],
  [{ ...one, serviceMonitor: { enable: true } }, "additional properties 'enable' not allowed"],
  [{ ...one, apiKey: 'rpa_A' }, 'apiKey and existingSecret are both set'],
  [{ ...one, accounts: many }, 'accounts and the only account'],
  [{ accounts: [{ name: 'a' }] }, '"a" needs one of existingSecret'],
  [{ accounts: [{ name: 'a', apiKey: 'rpa_A', existingSecret: 's' }] }, '"a" needs one of existingSecret'],
  [
    {
      accounts: [
        { name: 'a', apiKey: 'rpa_A' },
        { name: 'a', apiKey: 'rpa_B' },
      ],
    },
    '"a" is listed twice',
  ],
  [{ accounts: [{ apiKey: 'rpa_A' }] }, "missing property 'name'"],
  [{ accounts: [{ name: 'a', api_key: 'rpa_A' }] }, "additional properties 'api_key' not allowed"],
  [{ accounts: [{ name: 'a', apiKey: 'rpa_A', collectors: ['helth'] }] }, '/accounts/0/collectors/0'],
  [{ ...one, shards: 2 }, 'shards is above 1: set accounts'],
  [{ ...one, shards: 0 }, '/shards'],
  [{ accounts: many, shards: 2, replicaCount: 2 }, 'shards and replicaCount are both above 1'],
  [
    { accounts: many, shards: 2, ingress: { enabled: true, host: 'a.example' } },
    'ingress.enabled: an overview shows one shard',
  ],
  [
    { accounts: many, shards: 2, webhook: { ...webhook, ingress: { enabled: true, host: 'a.example' } } },
    'put {shard} into it',
  ],
  [{ accounts: many, shards: 2 }, 'needs Kubernetes 1.28', ['--kube-version', '1.27.0']],
  [one, 'kubeVersion', ['--kube-version', '1.24.0']],
  [{ ...one, image: { tag: 'latest' } }, 'image.tag: latest'],
  [{ ...one, image: { tag: 'a b' } }, '/image/tag'],
  [{ ...one, service: { port: 70000 } }, '/service/port'],
  [{ ...one, serviceMonitor: { interval: '30' } }, '/serviceMonitor/interval'],
  [{ ...one, webhook: { enabled: true } }, 'webhook.enabled: set webhook.existingSecret'],
  [{ ...one, webhook: { enabled: true, token: 'short' } }, '/webhook/token'],
  [{ ...one, webhook: { enabled: true, token: 'a "token" with quotes' } }, '/webhook/token'],
  [{ ...one, webhook: { ...webhook, token: '0123456789abcdef' } }, 'webhook.token and webhook.existingSecret'],
  [{ ...one, webhook: { ...webhook, ingress: { enabled: true } } }, 'set webhook.ingress.host'],
  [{ ...one, webhook: { ingress: { enabled: true, host: 'a.example' } } }, 'set webhook.enabled too'],
  [{ ...one, ingress: { enabled: true } }, 'set ingress.host'],
  [{ ...one, webConfig: { tlsSecret: 'a' } }, 'webConfig.tlsSecret: set webConfig.content'],
  [{ ...one, webConfig: { content: tls, existingSecret: 'a' } }, 'webConfig.content and webConfig.existingSecret'],
  [{ ...one, prometheusRule: { enabled: true, absoluteLinks: true } }, 'set externalUrl and grafanaUrl'],
  [{ ...one, prometheusRule: { enabled: true, disabled: ['RunpodNoSuchAlert'] } }, 'there is no alert RunpodNoSuchAlert'],
  [{ ...one, alertmanagerConfig: { enabled: true } }, 'set alertmanagerConfig.receiver'],
  [{ ...one, commonLabels: { 'app.kubernetes.io/name': 'x' } }, "invalid propertyName 'app.kubernetes.io/name'"],
  [{ ...one, demo: { enabled: true } }, 'demo.enabled runs a simulated account: remove apiKey or existingSecret'],
  [{ demo: { enabled: true }, shards: 2 }, 'demo.enabled'],
  [{ ...one, externalUrl: 'exporter.example' }, '/externalUrl'],
  [{ ...one, config: { accounts: [] } }, "additional properties 'accounts' not allowed"],
  [{ ...one, existingSecretKey: 'a key' }, '/existingSecretKey'],
];
