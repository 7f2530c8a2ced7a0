using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Testing.Evidence;

namespace DrOrchestrator.Verifier.Tests;

/// <summary>A small log with one closed run, one open run, an object, and ways to spoil its pack.</summary>
internal static class Packs
{
    public static PackBuilder Small(byte keySeed = 7)
    {
        var builder = new PackBuilder(keySeed);
        return builder
            .Append("server.started", null, new JsonObject { ["version"] = "0.1.0" })
            .Append("run.opened", 1, new JsonObject { ["plan"] = "quickstart-failover", ["reason"] = "yearly drill 年度演练" }, "ada")
            .Append("step.outcome", 1, new JsonObject { ["step"] = "promote", ["output"] = new JsonObject { ["object"] = builder.Keep("promoted\n") } })
            .Append("run.measured", 1, new JsonObject { ["rto"] = 4.25, ["lost"] = "0" })
            .Append("run.closed", 1, new JsonObject { ["outcome"] = "passed" })
            .Append("timeline.changed", null, new JsonObject { ["state"] = "up" })
            .Append("run.opened", 2, new JsonObject { ["plan"] = "quickstart-failover" }, "ada")
            .Append("step.outcome", 2, new JsonObject { ["step"] = "fence" })
            .Append("estate.loaded", null, new JsonObject { ["hash"] = "00" });
    }

    public static VerificationReport Verify(byte[] pack, VerifyOptions? options = null) => PackVerifier.Verify(new MemoryStream(pack), options ?? new VerifyOptions());

    /// <summary>The pack with some entries changed, everything around them recomputed.</summary>
    public static VerificationReport VerifyEntries(PackBuilder builder, long? run, Func<List<(string Name, byte[] Content)>, IEnumerable<(string Name, byte[] Content)>> change) =>
        Verify(PackBuilder.Zip(change(builder.Entries(run))));

    public static IEnumerable<(string Name, byte[] Content)> Edit(this IEnumerable<(string Name, byte[] Content)> entries, string name, Func<string, string> edit) =>
        entries.Select(entry => entry.Name == name ? (name, Encoding.UTF8.GetBytes(edit(Encoding.UTF8.GetString(entry.Content)))) : entry);
}
