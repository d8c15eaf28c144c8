interface HealthBody {
  status?: string;
  problems?: Record<string, string>;
}

/** Status and body of `BASE/health/NAME`. */
export async function healthOf(base: string, name: string): Promise<[number, HealthBody]> {
  const answer = await fetch(`${base}/health/${name}`);
  return [answer.status, (await answer.json()) as HealthBody];
}
