-- For `wrk`: as many requests in one packet as the argument says, and a line of numbers at the end.
init = function(arguments)
  local requests = {}
  for _ = 1, tonumber(arguments[1]) do
    table.insert(requests, wrk.format("GET", "/users/12"))
  end
  packet = table.concat(requests)
end

request = function()
  return packet
end

done = function(summary, latency)
  local errors = summary.errors
  print(string.format(
    "numbers %d %d %d %d %d", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
