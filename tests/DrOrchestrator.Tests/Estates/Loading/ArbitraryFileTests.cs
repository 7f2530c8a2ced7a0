using System.Text;
using CsCheck;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Estates.Loading;

/// <summary>Whatever stands in a file, loading answers with a result; every error has a file, and a line unless the whole file is meant.</summary>
public sealed class ArbitraryFileTests
{
    private static readonly string[] Pieces =
    [
        "a", "name", "steps", "plans", ": ", ":", "- ", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ",", "\"", "'", "#", "&a ", "*a", "!t ", "<<", "|\n", ">\n", "? ", "%YAML 1.2\n",
        "---\n", "...\n", "\t", "${steps.a.b}", "\\", "\u00e9", "1", "true", "~", "sites", "kind", "parallel", "\r", "\u2028", "@", "`", "9d",
    ];

    [Fact]
    public void Load_RandomBytes_NeverThrows() =>
        Gen.Byte.Array[1, 400].Sample(bytes => AllPlaced("estate.yaml", bytes), iter: 200, threads: 1);

    [Fact]
    public void Load_RandomYaml_NeverThrows() =>
        Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[1, 60].Select(string.Concat)
            .Sample(text => AllPlaced("estate.yaml", Encoding.UTF8.GetBytes(text)), iter: 200, threads: 1);

    [Fact]
    public void Load_EstateWithRandomSplice_NeverThrows() => Splice("estate.yaml", EstateFolderBuilder.GoodEstate);

    [Fact]
    public void Load_PlanWithRandomSplice_NeverThrows() => Splice("failover.yaml", EstateFolderBuilder.GoodPlan);

    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("a: ")]
    public void Load_FourMebibytesOfNesting_IsRefusedAtOnce(string piece)
    {
        using var folder = new EstateFolderBuilder();
        folder.Write("more.yaml", string.Concat(Enumerable.Repeat(piece, (4 * 1024 * 1024 / piece.Length) - 1)));

        folder.LoadErrors().Should().NotBeEmpty().And.OnlyContain(error => error.File == "more.yaml" && error.Line == 1);
    }

    private static void Splice(string name, string good) =>
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Int[0, 20], Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 3].Select(string.Concat))
            .Sample(
                change =>
                {
                    var (at, cut, put) = change;
                    return AllPlaced(name, Encoding.UTF8.GetBytes(good[..at] + put + good[Math.Min(good.Length, at + cut)..]));
                },
                iter: 200,
                threads: 1);

    private static bool AllPlaced(string name, byte[] content)
    {
        using var folder = new EstateFolderBuilder();
        folder.Write(name, content);
        return folder.LoadErrors().All(error => error.File.Length > 0 && error.Line >= 0 && (error.Line > 0 || error.Column == 0) && !error.ToString().Any(char.IsControl));
    }
}
