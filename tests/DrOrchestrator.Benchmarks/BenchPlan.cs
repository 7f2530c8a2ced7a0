using System.Text;

namespace DrOrchestrator.Benchmarks;

/// <summary>The plan of a bench: steps of one kind, and the business department's word at the end.</summary>
internal static class BenchPlan
{
    public const string Name = "bench";
    public const string Verification = "business-verification";
    internal const string File = "bench.yaml";

    /// <param name="groups">0: one after the other; else so many <c>parallel:</c> groups of equal size.</param>
    /// <param name="does">Kind of each step, with its parameters; <c>$step</c> stands for its number, <c>$odd</c> for whether that is odd (0 or 1).</param>
    public static void Write(string folder, int steps, int groups, string does)
    {
        var text = new StringBuilder($$"""
            plan: {{Name}}
            version: "1"
            title: { en: Bench }
            kind: failover
            modes: [live]
            systems: [system-0]
            authors: [asker]
            emergency: { scenarios: s, organisation: o, decision: d, response: r, tools: t, working-rules: w }
            recovery: { targets: t, procedure: p, manual: m, verification: { text: v, step: {{Verification}} } }
            steps:

            """);
        for (var step = 0; step < steps; step++)
        {
            if (groups > 0 && step % (steps / groups) == 0)
            {
                text.AppendLine("  - parallel:");
            }

            text.AppendLine($"{(groups > 0 ? "      " : "  ")}- {{ name: step-{step}, {does.Replace("$step", $"{step}", StringComparison.Ordinal).Replace("$odd", $"{step % 2}", StringComparison.Ordinal)} }}");
        }

        text.AppendLine($"  - {{ name: {Verification}, kind: task, with: {{ role: business-verifier, text: Verify postings }}, mark: business-verified }}");
        System.IO.File.WriteAllText(Path.Combine(folder, File), text.ToString());
    }
}
