using System.Globalization;
using System.Text.RegularExpressions;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Programs;

/// <summary>A program and its arguments.</summary>
internal sealed record CommandLine(string Program, IReadOnlyList<string> Arguments)
{
    public bool IsSame(CommandLine other) => Program == other.Program && Arguments.SequenceEqual(other.Arguments, StringComparer.Ordinal);

    /// <summary>The same program, with all arguments of the other in their order, or the reverse: what is only added may be passed over, what is only left out may be the default.</summary>
    public bool SaysNoOther(CommandLine other) => Program == other.Program && (IsWithin(other) || other.IsWithin(this));

    private bool IsWithin(CommandLine longer)
    {
        var found = 0;
        foreach (var argument in longer.Arguments)
        {
            found += found < Arguments.Count && Arguments[found] == argument ? 1 : 0;
        }

        return found == Arguments.Count;
    }

    public override string ToString() => string.Join(' ', Arguments.Select(argument => argument.Length > 0 && !argument.Any(char.IsWhiteSpace) ? argument : $"'{argument}'").Prepend(Program));
}

/// <summary>The parameters of a <c>command</c> step, and what stands against them. Pure.</summary>
internal sealed partial class CommandStepSettings(StepParameters with)
{
    /// <summary>Of <c>undo:</c>: there is nothing to take back.</summary>
    public const string NothingToUndo = "none";

    private const string Program = "program";
    private const string Args = "args";
    private const string Secrets = "secrets";
    private const string Observe = "observe";
    private const string ObserveArgs = "observe-args";
    private const string Undo = "undo";
    private const string UndoArgs = "undo-args";
    private const string Values = "values";
    private const string Success = "success";
    private const string NoEffect = "no-effect";
    private const string Happened = "happened";
    private const string CannotHappen = "cannot-happen";
    private const string StillMay = "still-may";
    private const string Repeatable = "repeatable";

    /// <summary>124, 125: said by what limits its time, which may not even have started it. 126, 127: no program ran. 128 and more: it was ended by a signal, and said nothing.</summary>
    private const int HighestCode = 123;

    private static readonly string[] Zero = ["0"];
    private static readonly string[] OutcomeCodes = [Success, NoEffect];
    private static readonly string[] AnswerCodes = [Happened, CannotHappen, StillMay];
    private static readonly string[] OfObserve = [ObserveArgs, .. AnswerCodes];

    public static IReadOnlyList<ParameterShape> Shapes { get; } =
    [
        new(Program, ParameterType.Text, true, "Full path of the program; the server must allow it (dro serve --allow-command PATH)."),
        new(Args, ParameterType.TextList, false, "Its arguments, each handed over as it stands; there is no shell.") { MayRepeat = true },
        new(Secrets, ParameterType.Object, false, "Full paths of files whose first line is a secret, by name; the programs find it as DRO_SECRET_NAME."),
        new(Success, ParameterType.TextList, false, "Exit codes that mean it is done; 0 by default."),
        new(NoEffect, ParameterType.TextList, false, "Exit codes by which the program says that it changed nothing; after any other nobody knows until it is observed."),
        new(Values, ParameterType.TextList, false, "Fields that the last line of its output, a JSON object, must have; later steps may refer to them."),
        new(Observe, ParameterType.Text, false, "Full path of a program that only looks and tells by its exit code whether it happened."),
        new(ObserveArgs, ParameterType.TextList, false, "Arguments of 'observe'.") { MayRepeat = true },
        new(Happened, ParameterType.TextList, false, "Exit codes of 'observe': it happened; 0 by default."),
        new(CannotHappen, ParameterType.TextList, false, "Exit codes of 'observe': it did not happen and cannot any more."),
        new(StillMay, ParameterType.TextList, false, "Exit codes of 'observe': it did not happen yet and still may. Any other code: it cannot tell."),
        new(Repeatable, ParameterType.Boolean, false, "Run twice it is as run once: what nobody can observe may be run again."),
        new(Undo, ParameterType.Text, false, "Full path of the program that takes it back, or none where there is nothing to take back; without it the step cannot be taken back."),
        new(UndoArgs, ParameterType.TextList, false, "Arguments of 'undo'.") { MayRepeat = true },
    ];

    public CommandLine Run => new(with.Text(Program), with.Texts(Args));

    /// <summary>Null where nobody can look.</summary>
    public CommandLine? Look => with.OptionalText(Observe) is { } program ? new(program, with.Texts(ObserveArgs)) : null;

    /// <summary>Null where there is none.</summary>
    public CommandLine? Back => with.OptionalText(Undo) is { } program and not NothingToUndo ? new(program, with.Texts(UndoArgs)) : null;

    public bool CannotBeTakenBack => !with.Has(Undo);

    public bool IsRepeatable => with.OptionalText(Repeatable) == "true";

    public IReadOnlyList<string> DeclaredValues => with.Texts(Values);

    /// <summary>Name and file.</summary>
    public IReadOnlyDictionary<string, string> SecretFiles => (with.Object(Secrets) ?? []).ToDictionary(one => one.Key, one => one.Value?.ToString() ?? "", StringComparer.Ordinal);

    public bool IsSuccess(int exitCode) => Codes(Success, Zero).Contains(exitCode);

    public bool IsWithoutEffect(int exitCode) => Codes(NoEffect, []).Contains(exitCode);

    public ObservedAnswer AnswerOf(int exitCode) =>
        Codes(Happened, Zero).Contains(exitCode) ? ObservedAnswer.Happened
        : Codes(CannotHappen, []).Contains(exitCode) ? ObservedAnswer.CannotHappenAnyMore
        : Codes(StillMay, []).Contains(exitCode) ? ObservedAnswer.StillMay
        : ObservedAnswer.CannotTell;

    /// <summary>Every program that it may start.</summary>
    public IEnumerable<string> Programs => ((string?[])[with.OptionalText(Program), with.OptionalText(Observe), with.OptionalText(Undo)]).OfType<string>().Where(program => program != NothingToUndo);

    /// <summary>What is wrong with them; of the parameters of a rehearsal too, which are only some.</summary>
    public static IEnumerable<ParameterProblem> Judge(StepParameters with)
    {
        var settings = new CommandStepSettings(with);
        foreach (var name in (string[])[Program, Observe, Undo])
        {
            if (with.OptionalText(name) is { } path && !IsFullPath(path) && !(name is Undo && path is NothingToUndo))
            {
                yield return new(name, $"'{name}' is '{path}'", $"the full path of a program{(name is Undo ? $", or {NothingToUndo}" : "")}", "Write the path as --allow-command names it; nothing is looked up, and no other step may supply it.");
            }
        }

        foreach (var problem in JudgeCodes(with))
        {
            yield return problem;
        }

        foreach (var (name, file) in settings.SecretFiles)
        {
            if (!SecretName().IsMatch(name) || !IsFullPath(file))
            {
                yield return new(Secrets, $"'{Secrets}' has {name}: {file}", "names of capital letters, digits and _, each with the full path of a file", "Write for instance { API_KEY: /etc/dro/api-key }; the program finds it as DRO_SECRET_API_KEY.");
            }
        }

        // A rehearsal names only what takes the place of something.
        if (with.Has(Program))
        {
            foreach (var name in OfObserve.Where(name => with.Has(name) && !with.Has(Observe)))
            {
                yield return new(name, $"'{name}' without '{Observe}'", $"it beside '{Observe}'", "Name the program that looks, or remove it.");
            }

            if (with.Has(UndoArgs) && settings.Back is null)
            {
                yield return new(UndoArgs, $"'{UndoArgs}' without a program at '{Undo}'", $"it beside '{Undo}'", "Name the program that takes it back, or remove it.");
            }
        }
    }

    /// <summary>What is wrong with its exit codes.</summary>
    public static IEnumerable<ParameterProblem> JudgeCodes(StepParameters with)
    {
        foreach (var name in OutcomeCodes.Concat(AnswerCodes))
        {
            foreach (var code in with.Texts(name).Where(code => !IsCode(code)))
            {
                yield return new(name, $"'{name}' has '{code}'", $"exit codes from 0 to {HighestCode}", "124 and more mean that no program ran, or that its time limit or a signal ended it.");
            }
        }

        foreach (var twice in Overlaps(with, OutcomeCodes).Concat(Overlaps(with, AnswerCodes)))
        {
            yield return twice;
        }
    }

    /// <summary>A rehearsal starts nothing as a step starts it live: neither the program, nor what looks, nor what takes it back; and with no secret of theirs.</summary>
    public static IEnumerable<ParameterProblem> JudgeRehearsal(StepParameters with, IReadOnlyList<StepParameters> live)
    {
        var own = new CommandStepSettings(with);
        var others = live.Select(one => new CommandStepSettings(one)).ToList();
        var theirs = others.SelectMany(other => ((CommandLine?[])[other.Run, other.Look, other.Back]).OfType<CommandLine>()).ToList();
        foreach (var (name, line) in ((string, CommandLine?)[])[(Program, own.Run), (Observe, own.Look), (Undo, own.Back)])
        {
            if (line is not null && theirs.Exists(line.IsSame))
            {
                yield return new(name, $"its rehearsal starts '{line}', as a step does live", "a program, or arguments, of its own", $"Name '{name}' or '{(name is Program ? Args : name + "-args")}' under 'rehearsal:', so that it acts on an isolated environment; or leave the step out.");
            }
            else if (line is not null && theirs.Find(line.SaysNoOther) is { } longer)
            {
                yield return new(name, $"its rehearsal starts '{line}', and a step starts '{longer}' live: one only has arguments more than the other", "a program of its own, or another value in the place of an argument", $"Let '{(name is Program ? Args : name + "-args")}' name the environment in both, so that no argument of production reaches the rehearsal; or leave the step out.");
            }
        }

        foreach (var file in own.SecretFiles.Values.Where(file => others.Exists(other => other.SecretFiles.Values.Contains(file, StringComparer.Ordinal))).Distinct(StringComparer.Ordinal))
        {
            yield return new(Secrets, $"its rehearsal is given the secret in {file}, which a step is given live", "a secret without rights on production", "Name files of the isolated environment under 'rehearsal:'.");
        }
    }

    private static bool IsFullPath(string path) =>
        path.StartsWith('/') && !path.Contains("${", StringComparison.Ordinal) && !path.Any(char.IsControl) && Path.GetFullPath(path) == path;

    private static bool IsCode(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code <= HighestCode;

    private static IEnumerable<ParameterProblem> Overlaps(StepParameters with, string[] lists) =>
        from second in lists.Skip(1)
        from code in with.Texts(second)
        let first = lists.TakeWhile(list => list != second).FirstOrDefault(list => (with.Has(list) ? with.Texts(list) : list is Success or Happened ? Zero : []).Contains(code))
        where first is not null
        select new ParameterProblem(second, $"{code} is in '{first}' and in '{second}'", "each exit code in one list", "Decide what the code means.");

    private List<int> Codes(string name, string[] otherwise) => [.. (with.Has(name) ? with.Texts(name) : otherwise).Where(IsCode).Select(code => int.Parse(code, CultureInfo.InvariantCulture))];

    [GeneratedRegex("^[A-Z0-9_]{1,40}$", RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();
}
