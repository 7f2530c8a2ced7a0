using System.IO.Compression;
using DrOrchestrator.Testing.Evidence;

namespace DrOrchestrator.Verifier.Tests.Zip;

public sealed class CanonicalZipTests
{
    [Theory]
    [InlineData(0x01)]
    [InlineData(0x20)]
    [InlineData(0x80)]
    [InlineData(0xFF)]
    public void Verify_AnyByteFlipped_FailsAndNamesAnEntry(byte flip)
    {
        var pack = Packs.Small().ToZip(run: 1);
        Packs.Verify(pack).Verified.Should().BeTrue();
        var unnamed = new List<string>();

        for (var at = 0; at < pack.Length; at++)
        {
            var changed = (byte[])pack.Clone();
            changed[at] ^= flip;
            var report = Packs.Verify(changed);
            if (report.Verified || report.Claims.Consistent || !Names(report.Problem, EntryAt(pack, at)))
            {
                unnamed.Add($"byte {at} in {EntryAt(pack, at)}: {report.Problem}");
            }
        }

        unnamed.Should().BeEmpty();
    }

    [Fact]
    public void Verify_CutAnywhere_FailsAndNamesAnEntry()
    {
        var pack = Packs.Small().ToZip(run: 1);

        for (var length = 0; length < pack.Length; length++)
        {
            var report = Packs.Verify(pack[..length]);
            report.Verified.Should().BeFalse("the pack was cut to {0} bytes", length);
            report.Problem!.Entry.Should().NotBeEmpty();
        }
    }

    [Fact]
    public void Verify_ByteAppended_NamesTheEnd()
    {
        var pack = Packs.Small().ToZip();

        var report = Packs.Verify([.. pack, 0]);

        report.Problem!.ToString().Should().Be($"(end of archive), byte {pack.Length} of the file: found more bytes; expected the end of the file.");
    }

    [Fact]
    public void Verify_BytePutInFront_NamesTheFirstEntry() =>
        Packs.Verify([0, .. Packs.Small().ToZip()]).Problem!.ToString().Should().Be(
            "checkpoint, byte 0 of the file (signature of a local file header): found 0x00; expected 0x50.");

    [Fact]
    public void Verify_EntriesReordered_NamesTheMisplacedOne()
    {
        var report = Packs.VerifyEntries(Packs.Small(), null, entries => entries.AsEnumerable().Reverse());

        report.Problem!.ToString().Should().Be("checkpoint, its place: found the entry 'payloads.jsonl'; expected 'checkpoint'.");
    }

    [Fact]
    public void Verify_EntryTwice_NamesIt()
    {
        var report = Packs.VerifyEntries(Packs.Small(), null, entries => entries.Append(entries[^1]));

        report.Problem!.Should().Match<PackProblem>(problem => problem.Entry == "payloads.jsonl" && problem.Found == "one entry more");
    }

    [Fact]
    public void Verify_ObjectTwice_NamesIt()
    {
        var report = Packs.VerifyEntries(Packs.Small(), null, entries => entries.Take(4).Concat(entries.Skip(3)));

        report.Problem!.Expected.Should().Be("objects in ascending order of their names, each once");
    }

    [Fact]
    public void Verify_UnknownEntry_NamesIt()
    {
        var report = Packs.VerifyEntries(Packs.Small(), null, entries => entries.Append(("readme.txt", "hello"u8.ToArray())));

        report.Problem!.Should().Match<PackProblem>(problem => problem.Entry == "readme.txt");
    }

    [Fact]
    public void Verify_RepackedByAnotherTool_NamesTheFirstDifference()
    {
        var report = Packs.Verify(Repack(CompressionLevel.NoCompression));

        report.Problem!.Entry.Should().Be("checkpoint");
        report.Problem.Place.Should().Be("byte 4 of the file (version needed)");
    }

    [Fact]
    public void Verify_Deflated_NamesTheMethod()
    {
        var pack = Packs.Small().ToZip();
        pack[8] = 8;

        Packs.Verify(pack).Problem!.ToString().Should().Be("checkpoint, byte 8 of the file (compression method: entries are stored): found 0x08; expected 0x00.");
        Packs.Verify(Repack(CompressionLevel.Optimal)).Verified.Should().BeFalse();
    }

    [Fact]
    public void Verify_ExtraField_IsNamed()
    {
        var pack = Packs.Small().ToZip();
        pack[28] = 4;

        Packs.Verify([.. pack[..40], 1, 2, 0, 0, .. pack[40..]]).Problem!.ToString().Should().Be(
            "checkpoint, byte 28 of the file (length of the extra field: there is none): found 0x04; expected 0x00.");
    }

    [Fact]
    public void Verify_SizeBeyondTheFile_IsRefusedWithoutReadingSoMuch()
    {
        var pack = Packs.Small().ToZip();
        pack.AsSpan(18, 8).Fill(0xFF);

        Packs.Verify(pack).Problem!.ToString().Should().Be("checkpoint, its size: found 4294967295 bytes; expected at most 65536.");
    }

    [Fact]
    public void Verify_Empty_NamesTheFirstEntry() =>
        Packs.Verify([]).Problem!.ToString().Should().Be("checkpoint, byte 0 of the file: found 0 bytes and the end of the file; expected a local file header.");

    [Fact]
    public void Open_ByAnOrdinaryZipLibrary_ReadsEveryEntry()
    {
        var builder = Packs.Small();
        using var archive = new ZipArchive(new MemoryStream(builder.ToZip()));

        archive.Entries.Select(entry => entry.FullName).Should().Equal(builder.Entries().Select(entry => entry.Name)).And.BeInAscendingOrder(StringComparer.Ordinal);
        foreach (var (name, content) in builder.Entries())
        {
            using var read = new MemoryStream();
            using var stream = archive.GetEntry(name)!.Open();
            stream.CopyTo(read);
            read.ToArray().Should().Equal(content);
        }
    }

    /// <summary>The entry a byte belongs to, by the archive's own directory.</summary>
    private static string EntryAt(byte[] pack, int at)
    {
        using var archive = new ZipArchive(new MemoryStream(pack));
        var start = 0L;
        foreach (var entry in archive.Entries)
        {
            start += 30 + entry.FullName.Length + entry.Length;
            if (at < start)
            {
                return entry.FullName;
            }
        }

        foreach (var entry in archive.Entries)
        {
            start += 46 + entry.FullName.Length;
            if (at < start)
            {
                return $"(central directory, {entry.FullName})";
            }
        }

        return "(end of archive)";
    }

    /// <summary>The problem names the damaged entry. An object whose declared name or its length is damaged can only be named by what it became or what should come there.</summary>
    private static bool Names(PackProblem? problem, string entry) =>
        problem is not null && (problem.Entry == entry || (entry.StartsWith("objects/") && (problem.Entry == "pack.json" || problem.Entry.StartsWith("objects/"))));

    private static byte[] Repack(CompressionLevel level)
    {
        using var output = new MemoryStream();
        using (var archive = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in Packs.Small().Entries())
            {
                using var stream = archive.CreateEntry(name, level).Open();
                stream.Write(content);
            }
        }

        return output.ToArray();
    }
}
