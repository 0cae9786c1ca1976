namespace Crm.Torture.PowerCut;

/// <summary>What reaches the disk of what was not synced when the power went.</summary>
internal enum CutMode
{
    Nothing,

    /// <summary>Each unsynced write with even chances, in any combination.</summary>
    SomeWrites,

    /// <summary>The same, and the last of them only in part: a whole number of sectors of 512 bytes.</summary>
    SomeWritesAndATornOne,
}

/// <summary>The files of a data folder as the disk has them: what is synced for certain, and what is on its way.</summary>
internal sealed class DiskImage
{
    private const int Sector = 512;

    private readonly Dictionary<string, FileImage> _files = new(StringComparer.Ordinal);

    /// <summary>An image of a folder whose files are all on disk.</summary>
    public static DiskImage Of(string folder)
    {
        var image = new DiskImage();
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            image.FileOf(Path.GetFileName(file)).Synced.Write(0, File.ReadAllBytes(file));
        }

        return image;
    }

    /// <summary>Takes the next event of a trace.</summary>
    /// <param name="number">Its place in the trace.</param>
    public void Take(TraceEvent happened, int number)
    {
        switch (happened)
        {
            case TraceEvent.Write write:
                FileOf(write.File).OnTheWay.Enqueue((number, write));
                break;
            case TraceEvent.Truncate truncate:
                FileOf(truncate.File).OnTheWay.Enqueue((number, truncate));
                break;
            case TraceEvent.Sync sync:
                FileOf(sync.File).Settle(sync.Before);
                break;
            case TraceEvent.Unlink unlink:
                // a name that comes back after a cut would make false alarms: SQLite makes sure of it where it matters
                _files.Remove(unlink.File);
                break;
        }
    }

    /// <summary>Writes the folder that the machine would find after a power cut at this moment.</summary>
    public void WriteTo(string folder, CutMode mode, Random random)
    {
        foreach (var (name, file) in _files)
        {
            var found = file.Synced.Copy();
            var survivors = file.OnTheWay.Select(entry => entry.Event).Where(_ => mode != CutMode.Nothing && random.Next(2) == 0).ToList();
            for (var i = 0; i < survivors.Count; i++)
            {
                switch (survivors[i])
                {
                    case TraceEvent.Write write when i == survivors.Count - 1 && mode == CutMode.SomeWritesAndATornOne:
                        found.Write(write.Offset, write.Data.AsSpan(0, Sector * random.Next((write.Data.Length + Sector - 1) / Sector)));
                        break;
                    case TraceEvent.Write write:
                        found.Write(write.Offset, write.Data);
                        break;
                    case TraceEvent.Truncate truncate:
                        found.SetLength(truncate.Length);
                        break;
                }
            }

            found.Save(Path.Combine(folder, name));
        }
    }

    private FileImage FileOf(string name)
    {
        if (!_files.TryGetValue(name, out var file))
        {
            _files[name] = file = new();
        }

        return file;
    }

    private sealed class FileImage
    {
        public Bytes Synced { get; } = new();

        public Queue<(int Number, TraceEvent Event)> OnTheWay { get; } = new();

        public void Settle(int before)
        {
            while (OnTheWay.TryPeek(out var entry) && entry.Number < before)
            {
                switch (OnTheWay.Dequeue().Event)
                {
                    case TraceEvent.Write write:
                        Synced.Write(write.Offset, write.Data);
                        break;
                    case TraceEvent.Truncate truncate:
                        Synced.SetLength(truncate.Length);
                        break;
                }
            }
        }
    }

    /// <summary>A file's content that grows.</summary>
    private sealed class Bytes
    {
        private byte[] _bytes = [];
        private int _length;

        public void Write(long offset, ReadOnlySpan<byte> data)
        {
            var end = checked((int)offset + data.Length);
            if (!data.IsEmpty && end > _length)
            {
                SetLength(end);
            }

            data.CopyTo(_bytes.AsSpan((int)Math.Min(offset, _length)));
        }

        public void SetLength(long length)
        {
            var wanted = checked((int)length);
            if (wanted > _bytes.Length)
            {
                Array.Resize(ref _bytes, Math.Max(wanted, _bytes.Length * 2));
            }

            if (wanted < _length)
            {
                Array.Clear(_bytes, wanted, _length - wanted);
            }

            _length = wanted;
        }

        public Bytes Copy() => new() { _bytes = _bytes[.._length], _length = _length };

        public void Save(string path)
        {
            using var file = File.Create(path);
            file.Write(_bytes, 0, _length);
        }
    }
}
