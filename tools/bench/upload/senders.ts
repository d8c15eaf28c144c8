import { request, type ClientRequest } from 'node:http';

const BOUNDARY = 'boundary-of-the-bench';
const CHUNK = Buffer.alloc(64 * 1024, 7);

/** The beginning of an MP4 file: what its content is judged by. */
const MP4 = Buffer.concat([Buffer.from([0, 0, 0, 20]), Buffer.from('ftypisom\0\0\0\0isom')]);
const HEAD = Buffer.concat([
  Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="media"; filename="a.mp4"\r\n\r\n`),
  MP4,
]);
const TAIL = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);

function start(port: number, fileBytes: number): ClientRequest {
  const headers = {
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    'content-length': HEAD.length + fileBytes - MP4.length + TAIL.length,
  };
  return request({ port, host: '127.0.0.1', method: 'POST', path: '/api/uploads/chat-media', headers, agent: false });
}

/** Uploads a video of that size and answers the status; `mark` makes its content, and so its file, another. */
export function uploadVideo(port: number, fileBytes: number, mark: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = start(port, fileBytes);
    sent.once('error', reject);
    sent.once('response', (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode!));
    });
    sent.write(HEAD);
    const first = Buffer.alloc(8);
    first.writeDoubleBE(mark);
    sent.write(first);
    let left = fileBytes - MP4.length - first.length;
    const more = (): void => {
      while (left > 0) {
        const chunk = CHUNK.subarray(0, Math.min(left, CHUNK.length));
        left -= chunk.length;
        if (!sent.write(chunk)) return void sent.once('drain', more);
      }
      sent.end(TAIL);
    };
    more();
  });
}

/** Begins an upload, sends so much of it, and goes away. */
export function breakOff(port: number, fileBytes: number, bytes: number): Promise<void> {
  return new Promise((resolve) => {
    const sent = start(port, fileBytes);
    // Its own end.
    sent.once('error', () => resolve());
    sent.once('close', () => resolve());
    sent.write(HEAD);
    sent.write(Buffer.alloc(bytes), () => sent.destroy());
  });
}
