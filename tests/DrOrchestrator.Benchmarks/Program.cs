using DrOrchestrator.Benchmarks;

string[] parts = ["start", "memory", "step", "resume", "verify", "availability", "verdicts", "probes", "targets", "lateness", "detection", "failover", "pods", "scale"];
var markdown = args.Contains("--markdown");
if (args is ["--soak", .. var length])
{
    await PodsSoak.RunAsync(TimeSpan.FromMinutes(length.Length > 0 ? double.Parse(length[0], System.Globalization.CultureInfo.InvariantCulture) : 60), Console.Out);
    return 0;
}

var asked = args.Where(arg => arg != "--markdown").ToList();
if (asked.Exists(arg => arg != "all" && !parts.Contains(arg)))
{
    await Console.Error.WriteLineAsync($"usage: [all|{string.Join('|', parts)}]... [--markdown]");
    return 2;
}

var wanted = asked.Count == 0 || asked.Contains("all") ? [.. parts] : asked;
var report = new Report(Console.Out, markdown);
report.Begin();
using var work = new WorkFolder();
if (wanted.Contains("start"))
{
    await StartBenchmark.RunAsync(await Published.MakeAsync(), work, report);
}

if (wanted.Contains("memory"))
{
    await MemoryBenchmark.RunAsync(await Published.MakeAsync(), work, report);
}

if (wanted.Contains("step"))
{
    await StepBenchmark.RunAsync(work, report);
}

if (wanted.Contains("resume"))
{
    await ResumeBenchmark.RunAsync(await Published.MakeAsync(), work, report);
}

if (wanted.Contains("verify"))
{
    await VerifyBenchmark.RunAsync(await Published.MakeAsync(), work, report);
}

if (wanted.Contains("availability"))
{
    await AvailabilityBenchmark.RunAsync(work, report);
}

if (wanted.Contains("verdicts"))
{
    await VerdictsBenchmark.RunAsync(work, report);
}

if (wanted.Contains("probes"))
{
    await ProbesBenchmark.RunAsync(await Published.MakeAsync(), work, report);
}

if (wanted.Contains("targets"))
{
    await TargetsBenchmark.RunAsync(await Published.MakeAsync(), work, report);
}

if (wanted.Contains("lateness"))
{
    await LatenessBenchmark.RunAsync(await Published.MakeAsync(), work, report);
}

if (wanted.Contains("detection"))
{
    await DetectionBenchmark.RunAsync(work, report);
}

if (wanted.Contains("failover"))
{
    await FailoverBenchmark.RunAsync(report);
}

if (wanted.Contains("scale"))
{
    await ScaleBenchmark.RunAsync(work, report);
}

if (wanted.Contains("pods"))
{
    await PodsBenchmark.RunAsync(await Published.MakeAsync(), work, report);
}

return 0;
