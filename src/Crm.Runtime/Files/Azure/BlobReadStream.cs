using System.Net;

namespace Crm.Runtime.Files.Azure;

/// <summary>A blob's bytes. When the connection breaks it goes on where it was, as long as the blob is the same.</summary>
internal sealed class BlobReadStream : ForwardStream
{
    private readonly AzureBlobStore _store;
    private readonly StoredFile _file;
    private BlobAnswer _answer;
    private Stream _body;
    private long _position;
    private long _left;
    private int _broken;

    private BlobReadStream(AzureBlobStore store, StoredFile file, BlobAnswer answer, Stream body, long position, long left) =>
        (_store, _file, _answer, _body, _position, _left) = (store, file, answer, body, position, left);

    public static async Task<BlobReadStream> OpenAsync(AzureBlobStore store, StoredFile file, BlobAnswer answer, long offset, long length, CancellationToken cancel) =>
        new(store, file, answer, await answer.Message.Content.ReadAsStreamAsync(cancel), offset, length);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0 || buffer.Length == 0)
        {
            return 0;
        }

        while (true)
        {
            try
            {
                var read = await _body.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
                if (read > 0)
                {
                    (_position, _left, _broken) = (_position + read, _left - read, 0);
                    return read;
                }

                throw new IOException("The connection ended before the file did.");
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException and not FileStoreException)
            {
                if (++_broken == BlobWire.MostTries)
                {
                    throw new FileStoreException("Azure Blob broke off again and again while a file was read.", broken);
                }
            }

            await _store.PauseAsync(_broken, cancellationToken);
            await ResumeAsync(cancellationToken);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _body.DisposeAsync();
        _answer.Dispose();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _body.Dispose();
            _answer.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task ResumeAsync(CancellationToken cancel)
    {
        var answer = await _store.ContinueAsync(_file, _position, _left, cancel);
        if (answer.Status != HttpStatusCode.PartialContent)
        {
            using (answer)
            {
                throw answer.Status is HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound ? new FileStoreException("The file was replaced or deleted while it was read.")
                    : BlobWire.Unexpected("reading a file", answer);
            }
        }

        await _body.DisposeAsync();
        _answer.Dispose();
        (_answer, _body) = (answer, await answer.Message.Content.ReadAsStreamAsync(cancel));
    }
}
