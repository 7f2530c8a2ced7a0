using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Commands;
using DrOrchestrator.Drills.Carrying;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Drills.Steps.Programs;

/// <summary>How a program of a step ended, and what it said, without secrets.</summary>
/// <param name="ExitCode">Null where it was not started; then <paramref name="Words"/> say why.</param>
/// <param name="Words">For people: what it said first, in one line.</param>
/// <param name="LastLine">The last line of its output, where that is a JSON object.</param>
internal sealed record CommandEnd(int? ExitCode, string Words, JsonObject? LastLine, IReadOnlyList<RawOutput> Objects)
{
    /// <summary>A process that it had started, and that cannot be ended; null for none.</summary>
    public int? Survivor { get; init; }

    /// <summary>Ended by its time limit, or by a signal.</summary>
    private const int Signalled = 128;

    public override string ToString() => ExitCode is not { } code ? Words
        : string.Create(CultureInfo.InvariantCulture, $"{(code > Signalled ? "was ended by a signal, " : "")}exit code {code}{(Words.Length > 0 ? ": " : "")}{Words}");

    /// <summary>The declared fields as outputs; null where one is missing.</summary>
    /// <param name="isOfTheStep">Whether it is the step's own program; the exit code of one that only looks is none of its outputs.</param>
    public JsonObject? OutputsOf(IReadOnlyList<string> declared, bool isOfTheStep)
    {
        if (declared.Any(name => LastLine?[name] is not JsonValue))
        {
            return null;
        }

        var outputs = new JsonObject(declared.Select(name => KeyValuePair.Create(name, LastLine![name]?.DeepClone())));
        if (isOfTheStep)
        {
            outputs["exitCode"] = ExitCode?.ToString(CultureInfo.InvariantCulture);
        }

        return outputs;
    }

    /// <summary>What was said first, in one line.</summary>
    public static string WordsOf(string output, string error) => ProbeFailures.OneLine(FirstLine(error) ?? FirstLine(output) ?? "");

    /// <summary>The last line, where that is a JSON object.</summary>
    public static JsonObject? LastObject(string text, StepSecrets secrets)
    {
        try
        {
            if (JsonNode.Parse(text.TrimEnd().Split('\n')[^1]) is not JsonObject last)
            {
                return null;
            }

            // JSON has more than one way to write a word.
            foreach (var (name, value) in last.ToList())
            {
                if (value is JsonValue one && one.TryGetValue(out string? word))
                {
                    last[name] = secrets.Mask(word);
                }
            }

            return last;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? FirstLine(string text) => text.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0);
}

/// <summary>
/// Starts the programs of <c>command</c> steps: only those that the server's settings allow, without a shell, in <c>/</c>, with PATH, LANG and the words below as their whole
/// environment. Whatever of it still runs when it is given up is killed, with all it has started; should this process be gone by then, its own time limit ends it.
/// </summary>
internal sealed class CommandRuns(AllowedCommands allowed, TimeProvider time, ProcessSight sight)
{
    /// <summary>The mark of the attempt, by which a program that outlived its starter is found.</summary>
    private const string MarkVariable = "DRO_MARK";

    /// <summary>The engine's own end comes first; this one is for when it is gone.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Why it would not be started; null when it would.</summary>
    public string? Refusal(string program) => allowed.Refusal(program);

    /// <summary>What the file is; on record with the intent, so that it is known which program ran.</summary>
    /// <exception cref="StepFailedException">It may not be started, or cannot be read.</exception>
    public async Task<string> DigestAsync(string program, CancellationToken cancellationToken)
    {
        if (Refusal(program) is { } refusal)
        {
            throw new StepFailedException(refusal);
        }

        try
        {
            var file = File.OpenRead(program);
            await using (file.ConfigureAwait(false))
            {
                return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StepFailedException($"the program {program} cannot be read ({exception.GetType().Name})");
        }
    }

    /// <summary>Numbers of programs of this attempt that still run on this machine.</summary>
    public IReadOnlyList<int> StillRunning(string mark) => sight.Marked(MarkVariable, mark);

    /// <summary>Runs it to its end.</summary>
    /// <param name="mark">What it is told to be; carried by everything that it starts.</param>
    /// <param name="name">How its outputs are called in evidence.</param>
    /// <param name="longest">After that it is killed.</param>
    /// <param name="starts">Asked right before it is started.</param>
    /// <returns>Null when its time was over: what it had done by then nobody knows.</returns>
    public async Task<CommandEnd?> RunAsync(
        StepContext context, CommandLine line, StepSecrets secrets, string mark, string name, TimeSpan longest, SendPermit starts, CancellationToken cancellationToken)
    {
        if (Refusal(line.Program) is { } refusal)
        {
            return new CommandEnd(null, refusal, null, []);
        }

        // It may act as long as it lives: no longer than anything may be sent.
        longest = starts.Left < longest ? starts.Left : longest;
        using var ends = new CancellationTokenSource(longest, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token);
        try
        {
            starts.Require();
            var result = await ProgramRun.RunAsync(line.Program, line.Arguments, Environment(context, secrets, mark), time, both.Token, longest: longest + Grace, started: starts.Require, end: sight.End).ConfigureAwait(false);
            return result is ProgramResult.Ended ended ? End(ended, secrets, name) : new CommandEnd(null, $"{line.Program} cannot be started: {((ProgramResult.NotStarted)result).Why}", null, []);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static CommandEnd End(ProgramResult.Ended ended, StepSecrets secrets, string name)
    {
        var (output, error) = (Masked(ended.Output, secrets), Masked(ended.Error, secrets));
        var objects = new List<RawOutput>();
        foreach (var (stream, text) in ((string, string)[])[("stdout", output), ("stderr", error)])
        {
            if (text.Length > 0)
            {
                objects.Add(new RawOutput($"{name}-{stream}.txt", "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text)));
            }
        }

        return new CommandEnd(ended.ExitCode, CommandEnd.WordsOf(output, error), CommandEnd.LastObject(output, secrets), objects) { Survivor = ended.Survivor };
    }

    private static string Masked(string text, StepSecrets secrets) => secrets.Mask(text, isCut: Encoding.UTF8.GetByteCount(text) >= ProgramRun.MostOutput);

    private static Dictionary<string, string> Environment(StepContext context, StepSecrets secrets, string mark)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [MarkVariable] = mark,
            ["DRO_RUN"] = context.Run.ToString(CultureInfo.InvariantCulture),
            ["DRO_STEP"] = context.Step.Name,
            ["DRO_ATTEMPT"] = context.Attempt.ToString(CultureInfo.InvariantCulture),
            ["DRO_EPOCH"] = context.Epoch.ToString(CultureInfo.InvariantCulture),
            ["DRO_MODE"] = JournalJson.Word(context.Mode),
            ["DRO_PLAN"] = context.Plan.Name,
            ["DRO_SYSTEM"] = context.Step.System ?? "",
            ["DRO_SITE"] = context.Step.Site ?? "",
        };
        foreach (var (name, value) in secrets.Values)
        {
            environment[$"DRO_SECRET_{name}"] = value;
        }

        return environment;
    }
}
