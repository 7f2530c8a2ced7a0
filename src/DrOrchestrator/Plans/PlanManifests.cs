using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Plans;

/// <summary>
/// The files of manifests that one plan names: in its folder or below it, each read once, so that what is hashed, shown, approved and applied are the same bytes. Of a plan that was kept with a
/// run, they are the ones kept with it.
/// </summary>
internal sealed class PlanManifests(SourceFile plan, Problems problems)
{
    private const string Allowed = "the path of a *.yaml or *.yml file in the plan's folder or below it: manifests/ledger.yaml";
    private readonly Dictionary<string, Manifest> _read = new(StringComparer.Ordinal);
    private readonly HashSet<(string Kind, string File)> _judged = [];

    /// <summary>What was read without a problem, by path.</summary>
    public IReadOnlyDictionary<string, Manifest> Read => _read;

    /// <summary>The paths that a plan names as manifests, before it is read.</summary>
    public static IEnumerable<string> NamesIn(SourceFile plan) => plan.Root is not YamlMapping root ? [] : ((string[])["steps", "way-back"]).SelectMany(list => StepReader.Flatten(root.Peek(list))).OfType<YamlMapping>()
        .SelectMany(step => ((string[])["with", "rehearsal"]).Select(step.Peek)).OfType<YamlMapping>()
        .Select(parameters => parameters.Peek("manifest")).OfType<YamlScalar>().Select(scalar => scalar.Text);

    /// <summary>The path, once the file was read.</summary>
    public JsonNode Resolve(YamlScalar scalar)
    {
        if (!_read.ContainsKey(scalar.Text) && Bytes(scalar) is { } bytes && ManifestReader.Read(scalar.Text, bytes, problems) is { } manifest)
        {
            _read[scalar.Text] = manifest;
        }

        return JsonValue.Create(scalar.Text);
    }

    /// <summary>What stands against the manifests of a step by its kind and its namespace.</summary>
    /// <param name="with">The step's parameters, or those of its rehearsal in the place of its own.</param>
    public void Judge(StepKindShape shape, StepParameters with, Place step)
    {
        foreach (var manifest in FilesOf(shape, with).Select(file => _read.GetValueOrDefault(file)).OfType<Manifest>())
        {
            var ns = with.OptionalText("namespace");
            var first = _judged.Add((shape.Kind, manifest.File));
            foreach (var document in manifest.Documents)
            {
                foreach (var problem in first ? shape.JudgeManifest?.Invoke(document) ?? [] : [])
                {
                    Add(manifest, document, problem);
                }

                if (document.Namespace is { } own && own != ns)
                {
                    Add(manifest, document, new($"it names the namespace '{own}', and the step at line {step.Line} acts in '{ns}'", "the step's namespace, or none", "Leave metadata.namespace out: the step names it, in a rehearsal perhaps another one."));
                }
            }
        }
    }

    /// <summary>The files that a step names.</summary>
    public static IEnumerable<string> FilesOf(StepKindShape shape, StepParameters with) =>
        shape.Parameters.Where(parameter => parameter.Type is ParameterType.ManifestFile).Select(parameter => with.OptionalText(parameter.Name)).OfType<string>();

    /// <summary>
    /// SHA-256 of the plan and of what its manifests are. Without manifests it is the plan's own; with them, of lines as <c>sha256sum</c> writes them: the plan's, named <c>plan</c>, and one for each
    /// file in ordinal order of the paths.
    /// </summary>
    public static string HashOf(ReadOnlySpan<byte> plan, IEnumerable<(string File, string Hash)> manifests)
    {
        var (own, lines) = (Convert.ToHexStringLower(SHA256.HashData(plan)), manifests.OrderBy(one => one.File, StringComparer.Ordinal).Select(one => $"{one.Hash}  {one.File}\n").ToList());
        return lines.Count == 0 ? own : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines.Prepend($"{own}  plan\n")))));
    }

    private void Add(Manifest manifest, ManifestDocument document, ManifestProblem problem) =>
        problems.Add(new Place(manifest.File, document.Line, 1), $"document {document.Number} ({document}): {problem.Found}", problem.Allowed, problem.Remedy);

    private byte[]? Bytes(YamlScalar scalar)
    {
        var path = scalar.Text;
        if (!path.EndsWith(".yaml", StringComparison.Ordinal) && !path.EndsWith(".yml", StringComparison.Ordinal)
            || Path.IsPathRooted(path) || path.Split('/').Any(part => part is "" or "." or "..") || path.Contains('\\', StringComparison.Ordinal) || path.Contains("${", StringComparison.Ordinal))
        {
            problems.Add(scalar.Place, $"{Problems.Quote(path)} is no file beside the plan", Allowed, "Put the file into the plan's folder: it is kept and approved with the plan.");
            return null;
        }

        if (plan.Beside is { } kept)
        {
            if (!kept.TryGetValue(path, out var bytes))
            {
                problems.Add(scalar.Place, $"the file {Problems.Quote(path)} was not kept with the plan", "", "Put that version of the files back.");
            }

            return bytes;
        }

        var folder = Real(Path.GetDirectoryName(Path.GetFullPath(plan.Path))!);
        var file = Path.Combine(folder, path);
        if (!File.Exists(file))
        {
            problems.Add(scalar.Place, $"there is no file {Problems.Quote(path)} beside the plan", Allowed, "Put it there or correct the path.");
            return null;
        }

        if (!Real(file).StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            problems.Add(scalar.Place, $"{Problems.Quote(path)} leads out of the plan's folder", Allowed, "Put the file itself there, and no link to another place.");
            return null;
        }

        return SourceFile.ReadBytes(file, path, problems);
    }

    /// <summary>Where a path leads in the end, links of its folders followed too.</summary>
    private static string Real(string path)
    {
        var real = Path.GetPathRoot(path)!;
        foreach (var part in path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            FileSystemInfo here = Directory.Exists(real) ? new DirectoryInfo(real) : new FileInfo(real);

            // What ends in a circle was not there when it was asked for.
            real = here.LinkTarget is null ? real : here.ResolveLinkTarget(returnFinalTarget: true) is { } target ? Real(target.FullName) : real;
        }

        return real;
    }
}
