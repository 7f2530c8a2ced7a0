using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DrOrchestrator.Sandbox.Wire;

/// <summary>Files that are whole or absent after a crash, and a file that several processes append to. All are for their owner only (0600).</summary>
internal static class DurableFile
{
    // Linux values; the lab runs its pods by POSIX means and makes no claim beyond Linux.
    private const int OpenWriteAppendCreateCloseOnExec = 0x1 | 0x40 | 0x400 | 0x80000;
    private const int OpenFolderCloseOnExec = 0x80000;
    private const int OwnerReadWrite = 0x180;

    /// <summary>Writes beside the target, flushes, renames over it, flushes the folder. A reader sees the old bytes or the new ones.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string beside = path + ".new";
        File.Delete(beside);
        using (SafeFileHandle file = OpenOrThrow(beside, OpenWriteAppendCreateCloseOnExec))
        {
            RandomAccess.Write(file, content, fileOffset: 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(beside, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Removes a file for good; one that is not there is fine.</summary>
    public static void Delete(string path)
    {
        File.Delete(path);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes names created, renamed or removed in a folder durable.</summary>
    public static void FlushFolder(string folder)
    {
        using SafeFileHandle handle = OpenOrThrow(folder, OpenFolderCloseOnExec);
        if (Sync(handle) != 0)
        {
            throw new IOException($"cannot flush the folder {folder}", new Win32Exception(Marshal.GetLastPInvokeError()));
        }
    }

    /// <summary>Gives a file or folder exactly these rights.</summary>
    /// <exception cref="PlatformNotSupportedException">Not on Linux, where the lab makes no claim.</exception>
    public static void SetRights(string path, UnixFileMode rights)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("The sandbox needs Linux.");
        }

        File.SetUnixFileMode(path, rights);
    }

    /// <summary>Opens for appending such that one write is one piece, whoever else appends (<see cref="FileMode.Append"/> only starts at the end).</summary>
    public static SafeFileHandle OpenShared(string path) => OpenOrThrow(path, OpenWriteAppendCreateCloseOnExec);

    private static SafeFileHandle OpenOrThrow(string path, int flags)
    {
        int descriptor = Open(path, flags, OwnerReadWrite);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"cannot open {path}", new Win32Exception(Marshal.GetLastPInvokeError()));
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Sync(SafeFileHandle descriptor);
}
