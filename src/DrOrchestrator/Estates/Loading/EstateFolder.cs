using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DrOrchestrator.Estates.Yaml;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Estates.Loading;

/// <summary>The files of an estate: those directly in its folder, divided into parts of the estate and plans named by it.</summary>
/// <param name="Parts">Files that together are the estate.</param>
/// <param name="Plans">Plan files, from the folder or from the shipped runbooks, in the order they were named.</param>
/// <param name="Complete">False where a part could not be read or understood: what is missing may stand there.</param>
internal sealed record EstateFolder(IReadOnlyList<SourceFile> Parts, IReadOnlyList<SourceFile> Plans, bool Complete)
{
    private const string PlansKey = "plans";

    /// <summary>Reads every file once; null where there is nothing to read.</summary>
    public static EstateFolder? Read(string folder, string? shippedRunbooks, Problems problems)
    {
        if (Names(folder, problems) is not { } names)
        {
            return null;
        }

        var found = names.ToDictionary(name => name, _ => new Problems(), StringComparer.Ordinal);
        var files = names.ToDictionary(name => name, name => SourceFile.Read(Path.Combine(folder, name), name, found[name]), StringComparer.Ordinal);
        var named = files.Values.Select(file => file.Root).OfType<YamlMapping>().SelectMany(root => PlanNames(root, problems)).ToList();
        var plans = named.Select(name => Find(name, files, shippedRunbooks, problems)).OfType<SourceFile>().ToList();
        var planNames = named.Select(name => name.Text).ToHashSet(StringComparer.Ordinal);

        // A manifest of a plan may stand beside it: it is read with the plan, as what it is.
        var manifests = plans.SelectMany(PlanManifests.NamesIn).Except(planNames).ToHashSet(StringComparer.Ordinal);
        foreach (var (_, problem) in found.Where(one => !manifests.Contains(one.Key)))
        {
            problems.Take(problem);
        }

        var parts = files.Values.Where(file => !planNames.Contains(file.Name) && !manifests.Contains(file.Name)).OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
        return new EstateFolder(parts, plans, parts.All(part => part.Root is YamlMapping));
    }

    /// <summary>
    /// SHA-256 over, for every file in ordinal order of names: the name in UTF-8, a zero byte, the length of the content as eight bytes (big endian), the content.
    /// </summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[8];
        foreach (var file in Parts.Concat(Plans).OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file.Name + '\0'));
            BinaryPrimitives.WriteInt64BigEndian(length, file.Bytes.Length);
            hash.AppendData(length);
            hash.AppendData(file.Bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IReadOnlyList<string>? Names(string folder, Problems problems)
    {
        if (!Directory.Exists(folder))
        {
            problems.Add(Place.Whole(folder), "there is no such folder", "", "Name the folder that holds the estate's YAML files.");
            return null;
        }

        try
        {
            var names = Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Where(IsYaml).Order(StringComparer.Ordinal).ToList();
            if (names.Count > 0)
            {
                return names;
            }

            problems.Add(Place.Whole(folder), "the folder holds no *.yaml or *.yml file", "", "Write the estate there, or name another folder.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(Place.Whole(folder), $"the folder cannot be read ({e.GetType().Name})", "", "Check that this user may read it.");
        }

        return null;
    }

    private static bool IsYaml(string name) => name.EndsWith(".yaml", StringComparison.Ordinal) || name.EndsWith(".yml", StringComparison.Ordinal);

    /// <summary>Only names that are names: what is wrong with the list itself is reported when the part is read.</summary>
    private static IEnumerable<YamlScalar> PlanNames(YamlMapping root, Problems problems)
    {
        foreach (var name in (root.Peek(PlansKey) as YamlSequence)?.Items.OfType<YamlScalar>().DistinctBy(item => item.Text) ?? [])
        {
            if (IsYaml(name.Text) && name.Text == Path.GetFileName(name.Text))
            {
                yield return name;
            }
            else if (!name.IsNull)
            {
                problems.Add(name.Place, $"{Problems.Quote(name.Text)} in 'plans'", "the name of a *.yaml or *.yml file, without a folder", "Put the plan into the estate's folder and name it.");
            }
        }
    }

    private static SourceFile? Find(YamlScalar name, Dictionary<string, SourceFile> files, string? shippedRunbooks, Problems problems)
    {
        if (files.TryGetValue(name.Text, out var own))
        {
            return own;
        }

        if (shippedRunbooks is not null && File.Exists(Path.Combine(shippedRunbooks, name.Text)))
        {
            return SourceFile.Read(Path.Combine(shippedRunbooks, name.Text), name.Text, problems);
        }

        var shipped = shippedRunbooks is not null && Directory.Exists(shippedRunbooks) ? Directory.EnumerateFiles(shippedRunbooks).Select(path => Path.GetFileName(path)) : [];
        problems.AddWord(
            name.Place,
            $"there is no plan file {Problems.Quote(name.Text)}",
            name.Text,
            [.. files.Where(file => IsPlan(file.Value)).Select(file => file.Key).Concat(shipped.Where(IsYaml)).Distinct().Order(StringComparer.Ordinal)],
            "Put it into the estate's folder or correct the name.");
        return null;
    }

    /// <summary>A plan that nobody has named yet.</summary>
    public static bool IsPlan(SourceFile file) => file.Root is YamlMapping root && root.Peek("plan") is not null && root.Peek("estate") is null;
}
