using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace DrOrchestrator.Tests;

/// <summary>What the compiler does not forbid: arrows between slices, projects, file sizes, words that name nothing.</summary>
public sealed partial class ArchitectureTests
{
    private const int LongestFile = 400;

    /// <summary>Which slice may use which other. A slice not listed here fails the build: add its line on purpose.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Time"] = [],
        ["Words"] = [],

        // Programs that the server's settings allow, for whoever starts one: probes and recovery points today, a step of a plan tomorrow. It knows of none of them.
        ["Commands"] = [],
        ["Tiers"] = [],
        ["Evidence"] = [],
        ["Estates"] = ["Tiers"],
        ["Plans"] = ["Estates"],

        // Who a token is: a person of the estate. Sign-in stays in the web project; the tokens are kept beside everything else on record.
        ["Credentials"] = ["Estates"],

        // Reads an estate together with its plans, so that all errors of a folder come at once; the types of Estates know nothing of plans.
        // Commands says whether a file that programs are told by lies in the estate's folder.
        ["Estates/Loading"] = ["Commands", "Estates", "Plans", "Tiers"],

        // A kubernetes probe must read as live, and as carefully, as a gate does: through the one place that knows how a site's API is reached. A command probe starts what is allowed.
        ["Probes"] = ["Estates", "Kubernetes", "Commands"],

        // Maintenance and statements are evidence, and a statement carries the limits it is held to.
        ["Availability"] = ["Probes", "Estates", "Tiers", "Evidence"],
        // A kubeconfig may name a program that fetches the credential: one like every other that this server starts.
        ["Kubernetes"] = ["Commands", "Estates"],

        // A first estate from what runs in clusters: it lists, and its text is for people to finish.
        ["Discovery"] = ["Commands", "Estates", "Kubernetes"],

        // What is followed is for people to look at: no other slice may use it, so that nothing that acts, judges or answers for an act goes by a watch.
        ["Kubernetes/Watching"] = ["Estates", "Kubernetes", "Plans"],

        // A session with PostgreSQL is secured, and its certificate judged, in one place.
        ["RecoveryPoints"] = ["Commands", "Estates", "Kubernetes", "Probes"],
        // Credentials: whether the people a plan needs hold a token by which they could answer.
        ["Drills"] = ["Commands", "Credentials", "Estates", "Tiers", "Plans", "Probes", "Availability", "RecoveryPoints", "Evidence", "Kubernetes"],
        ["Backups"] = ["Estates", "Evidence", "Kubernetes"],
        ["Compliance"] = ["Estates", "Tiers", "Plans", "Probes", "Availability", "RecoveryPoints"],

        // Implements the ports the slices own.
        ["Storage"] = ["Estates", "Plans", "Probes", "Availability", "RecoveryPoints", "Drills", "Evidence", "Compliance", "Calendars", "Credentials"],

        // Quartz jobs, and the Hangfire jobs they enqueue: each one call into a slice.
        ["Calendars"] = ["Estates", "Plans", "Drills", "Evidence", "Compliance", "Work"],
        ["Work"] = ["Estates", "Plans", "Drills", "Evidence", "Compliance"],
    };

    private static readonly string[] UsableByAll = ["Time", "Words"];

    private static readonly Dictionary<string, string[]> ProjectArrows = new()
    {
        ["DrOrchestrator"] = [],
        ["DrOrchestrator.Web"] = ["DrOrchestrator"],
        ["DrOrchestrator.Sandbox"] = [],
        ["DrOrchestrator.Verifier"] = [],
        ["DrOrchestrator.Cli"] = ["DrOrchestrator.Web", "DrOrchestrator.Sandbox", "DrOrchestrator.Verifier"],
    };

    private static readonly string Source = Path.Combine(Root(), "src");

    [Fact]
    public void Slices_UseOnlyWhatTheTableAllows()
    {
        // A slice's registration may name the store that fills its port; nothing else of it knows storage.
        var wrong = SliceFiles().Where(file => !file.Path.EndsWith("Services.cs", StringComparison.Ordinal)).SelectMany(file => Used(file.Text).Where(used => !MayUse(file.Slice, used)).Select(used => $"{file.Path}: {file.Slice} -> {used}"));

        wrong.Should().BeEmpty();
    }

    [Fact]
    public void Watches_AreReadByPagesAlone()
    {
        // A gate, a precondition or an observation asks the API server at the moment it needs to know.
        Arrows.Where(arrow => arrow.Value.Contains("Kubernetes/Watching")).Select(arrow => arrow.Key).Should().BeEmpty();
        Files("DrOrchestrator.Web").Where(file => file.Text.Contains("Kubernetes.Watching", StringComparison.Ordinal))
            .Select(file => file.Path.Split(Path.DirectorySeparatorChar)[1]).Distinct().Should().BeEquivalentTo("Dashboard", "Metrics", "ServerBuilder.cs");
    }

    [Fact]
    public void Slices_AreAllInTheTable() => SliceFiles().Select(file => file.Slice).Distinct().Except(Arrows.Keys).Should().BeEmpty();

    [Fact]
    public void Arrows_MakeNoCircle()
    {
        var order = new List<string>();
        while (Arrows.Keys.Except(order).FirstOrDefault(slice => Arrows[slice].All(order.Contains)) is { } next)
        {
            order.Add(next);
        }

        order.Should().BeEquivalentTo(Arrows.Keys);
    }

    [Theory]
    [InlineData("using DrOrchestrator.Plans;\n", "Plans")]
    [InlineData("using static DrOrchestrator.Plans.Durations;\n", "Plans")]
    [InlineData("var x = new global::DrOrchestrator.Estates.Loading.Y();", "Estates/Loading")]
    [InlineData("using DrOrchestrator.Estates.Yaml;\n", "Estates")]
    [InlineData("namespace DrOrchestrator.Plans;\n", null)]
    public void Used_Text_FindsTheSlice(string text, string? slice) => Used(text).SingleOrDefault().Should().Be(slice);

    [Fact]
    public void Product_KnowsNoAspNet() =>
        Files("DrOrchestrator").Where(file => file.Text.Contains("Microsoft.AspNetCore", StringComparison.Ordinal)).Select(file => file.Path).Should().BeEmpty();

    [Fact]
    public void Projects_ReferToEachOtherAsTheTableSays()
    {
        var projects = Directory.GetFiles(Source, "*.csproj", SearchOption.AllDirectories);

        projects.ToDictionary(path => Path.GetFileNameWithoutExtension(path), References).Should().BeEquivalentTo(ProjectArrows);
    }

    [Fact]
    public void Files_HaveNoMoreThan400Lines() =>
        Files("").Where(file => file.Text.Split('\n').Length - 1 > LongestFile).Select(file => file.Path).Should().BeEmpty();

    [Fact]
    public void Types_HaveNamesOfTheDomain() =>
        Files("").SelectMany(file => EmptyWords().Matches(file.Text).Select(match => $"{file.Path}: {match.Value}")).Should().BeEmpty();

    [Fact]
    public void Files_HoldNoLeftovers() =>
        Files("").Where(file => Leftovers().IsMatch(file.Text)).Select(file => file.Path).Should().BeEmpty();

    [Fact]
    public void Files_HaveTheNamespaceOfTheirFolder() =>
        SliceFiles().Where(file => !file.Text.Contains($"namespace DrOrchestrator.{Path.GetDirectoryName(file.Path)!.Replace(Path.DirectorySeparatorChar, '.')["DrOrchestrator.".Length..]};", StringComparison.Ordinal))
            .Select(file => file.Path).Should().BeEmpty();

    private static bool MayUse(string slice, string used) => slice == used || UsableByAll.Contains(used) || Arrows.GetValueOrDefault(slice, []).Contains(used);

    private static IEnumerable<string> Used(string text) =>
        UsedNamespace().Matches(text).Select(match => SliceOf(match.Groups[1].Value.Split('.'))).Distinct();

    private static string SliceOf(string[] parts) => parts.Length > 1 && Arrows.ContainsKey($"{parts[0]}/{parts[1]}") ? $"{parts[0]}/{parts[1]}" : parts[0];

    private static IEnumerable<(string Path, string Text, string Slice)> SliceFiles() =>
        Files("DrOrchestrator").Select(file => (file.Path, file.Text, SliceOf(file.Path.Split(Path.DirectorySeparatorChar)[1..^1])));

    private static List<(string Path, string Text)> Files(string project)
    {
        var files = Directory.GetFiles(Path.Combine(Source, project), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Source, path))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .Select(path => (path, File.ReadAllText(Path.Combine(Source, path))))
            .ToList();
        files.Should().NotBeEmpty();
        return files;
    }

    private static string[] References(string project) =>
        [.. XDocument.Load(project).Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))];

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DrOrchestrator.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"(?<!namespace )\bDrOrchestrator\.((?!Web\b|Cli\b|Sandbox\b|Verifier\b|Tests\b|Benchmarks\b)[A-Z]\w*(?:\.[A-Z]\w*)*)")]
    private static partial Regex UsedNamespace();

    // A field manager is what Kubernetes calls the owner of a field.
    [GeneratedRegex(@"\b(?:class|record|struct|interface|enum)\s+(?:struct\s+|class\s+)?(?!FieldManager\b)\w*(?:Manager|Helper|Helpers|Util|Utils|Utility|Impl|Base)\b")]
    private static partial Regex EmptyWords();

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK)\b")]
    private static partial Regex Leftovers();
}
