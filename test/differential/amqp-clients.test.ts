import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCertificates } from '@wirelike/kernel';
import { afterAll, beforeAll } from 'vitest';
import { aioPika } from '../clients/amqp/aio-pika.ts';
import { aioamqp } from '../clients/amqp/aioamqp.ts';
import { amqp091 } from '../clients/amqp/amqp091.ts';
import { anyEvent } from '../clients/amqp/anyevent.ts';
import { bunny } from '../clients/amqp/bunny.ts';
import { celery } from '../clients/amqp/celery.ts';
import { describeProgram, type Stage } from '../clients/amqp/describe-program.ts';
import { java } from '../clients/amqp/java.ts';
import { oslo } from '../clients/amqp/oslo.ts';
import { phpAmqp } from '../clients/amqp/php-amqp.ts';
import { phpAmqplib } from '../clients/amqp/php-amqplib.ts';
import { senders } from '../clients/amqp/senders.ts';
import { describeWithPeer } from '../peers/describe.ts';
import { freePort } from '../peers/ports.ts';
import { type RabbitMq, startRabbitMq } from '../peers/rabbitmq.ts';

// What test/clients expects of wirelike is what these clients see of RabbitMQ.
describeWithPeer('rabbitmq', 'RabbitMQ, seen by', () => {
  let directory: string;
  let rabbit: RabbitMq;
  let env: Record<string, string>;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'wirelike-rabbitmq-tls-'));
    const { ca, ca_file, certificate, key } = await loadCertificates();
    const port = await freePort();
    const configuration = [`listeners.ssl.1 = 127.0.0.1:${port}`, 'collect_statistics_interval = 1000'];
    for (const [option, pem] of Object.entries({ cacertfile: ca, certfile: certificate, keyfile: key })) {
      writeFileSync(join(directory, option), pem);
      configuration.push(`ssl_options.${option} = ${join(directory, option)}`);
    }
    rabbit = await startRabbitMq({ plugins: ['rabbitmq_management'], configuration });
    env = {
      AMQP_URL: `${rabbit.url}/%2F`,
      AMQPS_URL: `amqps://guest:guest@127.0.0.1:${port}/%2F`,
      RABBITMQ_MANAGEMENT_URL: `http://guest:guest@127.0.0.1:${rabbit.managementPort}`,
      WIRELIKE_CA_FILE: ca_file,
    };
  }, 120_000);

  afterAll(async () => {
    await rabbit?.stop();
    rmSync(directory, { recursive: true, force: true });
  }, 30_000);

  const open = (): Promise<Stage> => Promise.resolve({ env, close: () => Promise.resolve() });
  for (const program of [bunny, phpAmqplib, amqp091, java, celery, oslo, aioPika, aioamqp, phpAmqp, anyEvent, senders])
    describeProgram(program, open);
});
