/** Far more often than others can be in the way. */
const TIMES = 20;

/** For expectations of what all rooms share, such as the list of groups: tried again when a test beside wrote meanwhile. */
export async function undisturbed<T>(run: () => Promise<T>): Promise<T> {
  for (let time = 1; ; time++) {
    try {
      return await run();
    } catch (error) {
      if (time === TIMES) throw error;
    }
  }
}
