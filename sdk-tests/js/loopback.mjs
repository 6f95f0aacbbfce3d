// Refuses every connection that would leave the machine.
import net from "node:net";

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...args) {
  const [first] = Array.isArray(args[0]) ? args[0] : args;
  const host = typeof first === "object" ? first.host : args[1];
  if (host && !LOOPBACK.has(host)) {
    throw new Error(`a connection to ${host} was tried`);
  }
  return connect.apply(this, args);
};
