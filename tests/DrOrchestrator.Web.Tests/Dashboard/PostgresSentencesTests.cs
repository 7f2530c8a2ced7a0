using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Tests.Dashboard;

/// <summary>
/// On the sentences of the PostgreSQL steps and gates a bank decides whether to promote or to wait: none of them may be English on a Chinese page. They are read from the source, so
/// that a new one without its twin is found.
/// </summary>
public sealed class PostgresSentencesTests
{
    private static readonly string Slice = Path.Combine(PostgresLab.Runbooks, "..", "src", "DrOrchestrator", "Drills");

    /// <summary>What a server is told or named, or what only a plan's preview shows.</summary>
    private static readonly string[] NoSentences = ["ParameterShape(", "Describe(", "TextAsync(", "RunAsync(", "NpgsqlCommand(", "InvalidOperationException(", "wait until {", "GeneratedRegex(", "KiB", "make {step", "promote {step", "=> $\"has ", "=> $\"streams", "CaughtUp => $\"", "server.Sight.InRecovery ?", "\"shut down\"", "found.Parameter, $", "SubjectOf(string", "CAST(k.", ", by key for {", "}: {notYet.Reason}\"", "{Tables.Count - MostNamed} more", "} reconciliation\""];

    [Fact]
    public void Knows_WhatThePostgresStepsAndGatesSay_EverySentence()
    {
        var files = Directory.GetFiles(Path.Combine(Slice, "Steps", "Postgres"), "*.cs").Append(Path.Combine(Slice, "Gates", "PostgresReadyGate.cs")).ToList();
        var written = (from file in files
                       from text in WrittenSentences.In(File.ReadAllText(file))
                       where !IsGrant(file, text.Line) && text.Filled.Any(IsSentence) && !NoSentences.Any(mark => text.Line.Contains(mark, StringComparison.Ordinal)) && !IsDescription(file, text.Filled[0])
                       select (File: Path.GetFileName(file), text.Line, text.Filled)).ToList();

        written.Should().HaveCountGreaterThan(80, "this reads the source of the product");
        written.Where(text => !IsKnown(text.Filled)).Select(text => $"{text.File}: {text.Filled[0]}").Should().BeEmpty();
    }

    [Fact]
    public void In_Source_FindsTextsInHolesAndLeavesOutCommentsAndRawStrings()
    {
        const string Source = "// \"no text\"\nvar a = $\"{name} is {(on is \"it\" ? \"here\" : $\"at {other}\")}\";\nvar b = 'x';\nvar c = \"it \\\"is\\\"\";";

        WrittenSentences.In(Source).Select(text => text.Filled).Should().BeEquivalentTo([
            new[] { "none is here", "7 is here", "5s is here", "a standby is here" },
            ["none is at none", "none is at 7", "none is at 5s", "none is at a standby", "7 is at none", "7 is at 7", "7 is at 5s", "7 is at a standby", "5s is at none", "5s is at 7", "5s is at 5s", "5s is at a standby", "a standby is at none", "a standby is at 7", "a standby is at 5s", "a standby is at a standby"],
            ["it \"is\""],
        ]);
    }

    /// <summary>One of the samples fits each place. Items of the gate stand behind its name and the database's.</summary>
    private static bool IsKnown(IReadOnlyList<string> filled) => filled.Any(form => Phrasebook.Knows(form.TrimStart(';', ':', ',', ' ')) || Phrasebook.Knows($"postgres-ready none {form}"));

    private static bool IsSentence(string text) => text.Trim().Contains(' ') && !Sql.Any(word => text.StartsWith(word, StringComparison.Ordinal));

    private static readonly string[] Sql = ["SELECT ", "ALTER ", "CREATE ", "INSERT ", "SET ", "CHECKPOINT"];

    /// <summary>SQL for an administrator.</summary>
    private static bool IsGrant(string file, string line) => Path.GetFileName(file) is "DatabaseRight.cs" && !line.Contains("; missing: ", StringComparison.Ordinal);

    /// <summary>What a kind does, for a plan's author.</summary>
    private static bool IsDescription(string file, string text) => !Path.GetFileName(file).Contains("Judge", StringComparison.Ordinal) && char.IsAsciiLetterUpper(text[0]) && text.EndsWith('.');
}
