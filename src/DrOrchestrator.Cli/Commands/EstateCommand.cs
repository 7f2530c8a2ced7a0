using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DrOrchestrator.Cli.Output;
using DrOrchestrator.Discovery;

namespace DrOrchestrator.Cli.Commands;

/// <summary><c>dro estate suggest</c>: a first estate file from what runs in clusters. Needs no server.</summary>
internal static partial class EstateCommand
{
    public static Command Build(Terminal terminal) => new("estate", "Begin an estate") { Suggest(terminal) };

    private static Command Suggest(Terminal terminal)
    {
        var contexts = new Option<string[]>("--context") { Description = "Context of the kubeconfig: the first is where the systems serve; given again, where they stand by", HelpName = "NAME", Required = true };
        var kubeconfig = new Option<string?>("--kubeconfig") { Description = "Kubeconfig, or several with colons between; otherwise KUBECONFIG, otherwise ~/.kube/config", HelpName = "FILE" };
        var namespaces = new Option<string[]>("--namespace") { Description = "Namespace to look at; may be given again. Otherwise all but those that begin with kube-", HelpName = "NAME" };
        var file = new Option<string?>("--out") { Description = "File to write; otherwise standard output", HelpName = "FILE" };
        var replace = new Option<bool>("--replace") { Description = "Replace FILE where it is already there" };
        var allowed = AllowCommandOption.New();
        allowed.Description = "A program that the kubeconfig may start for a credential, by its full path; none otherwise. May be given again";
        var command = new Command("suggest", "Write a first estate file from what runs in clusters; lists, and changes nothing there") { contexts, kubeconfig, namespaces, file, replace, allowed };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var path = parse.GetValue(file) is { } name ? Path.GetFullPath(name) : null;
            if (path is not null && Path.Exists(path) && !parse.GetValue(replace))
            {
                throw new CommandFailedException(ExitCodes.Usage, $"{path} is already there and stays as it is. Give another --out FILE, or --replace.");
            }

            var request = new SuggestRequest(Kubeconfig(parse.GetValue(kubeconfig), Environment.GetEnvironmentVariable("KUBECONFIG"), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)), Contexts(parse.GetRequiredValue(contexts)), Namespaces(parse.GetValue(namespaces) ?? []));
            var suggested = await EstateSuggestion.OfAsync(request, AllowCommandOption.Read(parse, allowed), terminal.Time, cancellationToken) switch
            {
                SuggestResult.Suggested one => one,
                SuggestResult.Silent silent => throw new CommandFailedException(ExitCodes.Internal, $"a cluster does not answer, and nothing was written: {silent.Reason}"),
                SuggestResult.Refused refused => throw new CommandFailedException(ExitCodes.Usage, $"no estate can be suggested: {refused.Reason}"),
                var other => throw new InvalidOperationException($"{other.GetType()} is no result of suggesting an estate."),
            };
            if (path is not null)
            {
                Write(path, suggested.Yaml, parse.GetValue(replace));
            }

            if (CommonOptions.Json(parse))
            {
                JsonDocuments.Write(terminal.Out, Document(suggested, path));
            }
            else if (path is null)
            {
                terminal.Out.Write(suggested.Yaml);
            }

            Tell(terminal.Error, suggested, path);
            return ExitCodes.Fine;
        });
        return command;
    }

    /// <summary>The full paths of what is meant, as kubectl means it.</summary>
    internal static string Kubeconfig(string? given, string? environment, string home)
    {
        var paths = given is { Length: > 0 } ? given : environment is { Length: > 0 } ? environment : Path.Combine(home, ".kube", "config");
        return File.Exists(paths) ? Path.GetFullPath(paths) : string.Join(':', paths.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(path => Path.GetFullPath(path)));
    }

    private static string[] Contexts(string[] given) => given.GroupBy(context => context, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice
        ? throw new CommandFailedException(ExitCodes.Usage, $"--context {twice.Key} was given twice: a site is no standby of its own. Name another context.")
        : given;

    private static string[] Namespaces(string[] given) => Array.Find(given, ns => !Label().IsMatch(ns)) is { } wrong
        ? throw new CommandFailedException(ExitCodes.Usage, $"--namespace '{wrong}' is no name of a namespace; allowed: lower-case letters, digits and hyphens, up to 63 characters.")
        : [.. given.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Beside its final name first: an older file is whole until the new one is.</summary>
    private static void Write(string path, string yaml, bool replace)
    {
        var draft = path + ".part";
        try
        {
            File.WriteAllText(draft, yaml);
            File.Move(draft, path, replace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(draft))
            {
                File.Delete(draft);
            }

            throw new CommandFailedException(ExitCodes.Usage, $"{path} cannot be written ({e.Message.TrimEnd('.')}). Give an --out FILE in a folder that is there and that you may write.");
        }
    }

    private static void Tell(TextWriter writer, SuggestResult.Suggested suggested, string? path)
    {
        writer.WriteLine($"{path ?? "suggested"}: systems: {suggested.Systems.Count}, workloads: {suggested.Systems.Sum(system => system.Workloads.Count)}, probes: {suggested.Probes}; sites: {string.Join(", ", suggested.Sites)}");
        foreach (var (system, workload) in OnlyAtOne(suggested))
        {
            writer.WriteLine($"only at {workload.Replicas.Single().Key}: {workload.Workload} in namespace {system.Namespace}");
        }

        foreach (var gap in suggested.NotSeen)
        {
            writer.WriteLine($"not seen, and so not in the file: {gap}");
        }

        writer.WriteLine($"{suggested.Questions} keys are empty, marked '# ?': answer them, and dro check --estate {(path is null ? "FOLDER" : Path.GetDirectoryName(path))} passes. Until then it names each with its line.");
    }

    private static IEnumerable<(SuggestedSystem System, SuggestedWorkload Workload)> OnlyAtOne(SuggestResult.Suggested suggested) => suggested.Sites.Count == 1
        ? []
        : suggested.Systems.SelectMany(system => system.Workloads.Where(workload => workload.Replicas.Count == 1).Select(workload => (system, workload)));

    private static JsonObject Document(SuggestResult.Suggested suggested, string? path) => new()
    {
        ["file"] = path,
        ["estate"] = path is null ? suggested.Yaml : null,
        ["questions"] = suggested.Questions,
        ["probes"] = suggested.Probes,
        ["sites"] = new JsonArray([.. suggested.Sites.Select(site => JsonValue.Create(site))]),
        ["systems"] = new JsonArray([.. suggested.Systems.Select(system => new JsonObject
        {
            ["name"] = system.Name,
            ["namespace"] = system.Namespace,
            ["workloads"] = new JsonArray([.. system.Workloads.Select(workload => new JsonObject
            {
                ["workload"] = workload.Workload,
                ["replicas"] = new JsonObject(workload.Replicas.Select(at => KeyValuePair.Create<string, JsonNode?>(at.Key, at.Value))),
                ["database"] = workload.Database,
            })]),
        })]),
        ["notSeen"] = new JsonArray([.. suggested.NotSeen.Select(gap => JsonValue.Create(gap))]),
    };

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z")]
    private static partial Regex Label();
}
