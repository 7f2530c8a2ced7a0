using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes.Conformance;

/// <summary>A pod on a played node: its script runs as a child process, once.</summary>
internal sealed class PlayedPod
{
    private readonly Process _process;
    private readonly Task _reading;
    private readonly MemoryStream _log = new();
    private readonly string _container;
    private readonly string _began = Now();
    private string _reported = "";
    private bool _killed;

    public PlayedPod(JsonObject pod)
    {
        var container = pod["spec"]!["containers"]![0]!;
        _container = container["name"]!.GetValue<string>();
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(container["command"]![0]!.GetValue<string>());
        _process = Process.Start(start)!;
        _reading = ReadAsync();
    }

    /// <summary>The status to report, or null when it is reported already.</summary>
    public JsonObject? Next()
    {
        var ended = _process.HasExited && _reading.IsCompleted;
        var phase = !ended ? "Running" : _process.ExitCode == 0 ? "Succeeded" : "Failed";
        if (phase == _reported)
        {
            return null;
        }

        _reported = phase;
        var state = ended
            ? new JsonObject
            {
                ["terminated"] = new JsonObject
                {
                    ["exitCode"] = _process.ExitCode, ["reason"] = _process.ExitCode == 0 ? "Completed" : "Error", ["startedAt"] = _began, ["finishedAt"] = Now(),
                },
            }
            : new JsonObject { ["running"] = new JsonObject { ["startedAt"] = _began } };
        return new JsonObject
        {
            ["phase"] = phase,
            ["startTime"] = _began,
            ["conditions"] = new JsonArray(Condition("Ready", !ended), Condition("ContainersReady", !ended), Condition("Initialized", true), Condition("PodScheduled", true)),
            ["containerStatuses"] = new JsonArray(new JsonObject
            {
                ["name"] = _container, ["image"] = "lab", ["imageID"] = "", ["ready"] = !ended, ["restartCount"] = 0, ["started"] = !ended, ["state"] = state,
            }),
        };
    }

    public void Kill()
    {
        if (!_killed)
        {
            _killed = true;
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
    }

    public async Task CopyLogAsync(HttpContext http, CancellationToken stopping)
    {
        var follow = http.Request.Query["follow"] == "true";
        var limit = long.TryParse(http.Request.Query["limitBytes"], out var bytes) ? bytes : long.MaxValue;
        var from = long.TryParse(http.Request.Query["tailLines"], out var lines) ? TailAt(Snapshot(), lines) : 0;
        while (!stopping.IsCancellationRequested)
        {
            var more = follow && !_reading.IsCompleted;
            var all = Snapshot();
            var count = (int)Math.Min(all.Length - from, limit);
            await http.Response.Body.WriteAsync(all.AsMemory((int)from, count), http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            from += count;
            limit -= count;
            if (!more || limit == 0)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, http.RequestAborted);
        }
    }

    private async Task ReadAsync()
    {
        var block = new byte[4096];
        int count;
        while ((count = await _process.StandardOutput.BaseStream.ReadAsync(block)) > 0)
        {
            lock (_log)
            {
                _log.Write(block, 0, count);
            }
        }
    }

    private byte[] Snapshot()
    {
        lock (_log)
        {
            return _log.ToArray();
        }
    }

    private static long TailAt(byte[] log, long lines)
    {
        var text = Encoding.UTF8.GetString(log);
        var ends = Enumerable.Range(0, log.Length).Where(at => log[at] == '\n').ToArray();
        return lines >= ends.Length ? 0 : lines == 0 ? text.Length : ends[^((int)lines + 1)] + 1;
    }

    private static JsonObject Condition(string type, bool holds) => new() { ["type"] = type, ["status"] = holds ? "True" : "False", ["lastTransitionTime"] = Now() };

    private static string Now() => TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ");
}
