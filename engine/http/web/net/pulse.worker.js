// Ticks once a second, in a worker: the timers of a hidden page are slowed down, those of a worker are not.
setInterval(() => postMessage(0), 1000);
