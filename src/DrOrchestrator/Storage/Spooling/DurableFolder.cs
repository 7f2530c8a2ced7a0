using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>A new file is durable only once its folder is.</summary>
internal static class DurableFolder
{
    private const int OpenReadOnlyCloseOnExec = 0x80000;

    /// <summary>Forces the folder's entries to the disk.</summary>
    public static void Flush(string folder)
    {
        var descriptor = Open(folder, OpenReadOnlyCloseOnExec);
        if (descriptor < 0)
        {
            throw new IOException($"The folder {folder} cannot be opened.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Synchronise(handle) != 0)
        {
            throw new IOException($"The folder {folder} cannot be forced to the disk.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Synchronise(SafeFileHandle descriptor);
}
