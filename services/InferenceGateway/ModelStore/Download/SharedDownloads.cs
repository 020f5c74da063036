using MlopsPlane.InferenceGateway.ModelStore.Cache;

namespace MlopsPlane.InferenceGateway.ModelStore.Download;

/// <summary>One download for all who want the same files at the same time; it ends when none of them waits any more.</summary>
internal sealed class SharedDownloads(ModelCache cache)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Shared> running = new(StringComparer.Ordinal);

    /// <summary>The model, in use by the caller.</summary>
    /// <param name="key">Same for the same files.</param>
    /// <param name="start">Downloads, telling of each piece that arrives; the model that it returns is in use.</param>
    /// <param name="progress">Hears the sum of the pieces.</param>
    public async Task<CachedModel> JoinAsync(
        string key, Func<Action<Downloaded>, CancellationToken, Task<CachedModel>> start, IProgress<Downloaded>? progress, CancellationToken ct)
    {
        Shared shared;
        lock (gate)
        {
            if (!running.TryGetValue(key, out shared!))
            {
                shared = new Shared(new CancellationTokenSource());
                shared.Start(start);
                running[key] = shared;
            }

            shared.Join(progress);
        }

        try
        {
            return cache.Use(await shared.Task.WaitAsync(ct));
        }
        finally
        {
            var last = false;
            lock (gate)
            {
                if (shared.Leave(progress))
                {
                    last = true;
                    running.Remove(key);
                }
            }

            // The download's own use lasts until everybody who waited has one.
            if (last)
                _ = shared.EndAsync(cache);
        }
    }

    private sealed class Shared(CancellationTokenSource abandoned)
    {
        // Replaced and never changed: whoever is told may leave at once.
        private IProgress<Downloaded>[] listeners = [];
        private readonly Lock telling = new();
        private long sum;
        private int waiters;

        public Task<CachedModel> Task { get; private set; } = null!;

        public void Start(Func<Action<Downloaded>, CancellationToken, Task<CachedModel>> start)
        {
            var token = abandoned.Token;
            Task = System.Threading.Tasks.Task.Run(() => start(Tell, token), CancellationToken.None);
        }

        public void Join(IProgress<Downloaded>? progress)
        {
            waiters++;
            if (progress is null)
                return;
            lock (telling)
                listeners = [.. listeners, progress];
        }

        /// <summary>True for the last.</summary>
        public bool Leave(IProgress<Downloaded>? progress)
        {
            if (progress is not null)
            {
                lock (telling)
                    listeners = [.. listeners.Where(listener => listener != progress)];
            }

            return --waiters == 0;
        }

        public async Task EndAsync(ModelCache cache)
        {
            await abandoned.CancelAsync();
            try
            {
                cache.GiveUp(await Task);
            }
            catch (Exception told) when (Task.IsFaulted || Task.IsCanceled)
            {
                // Whoever waited has heard of it, or nobody waits.
                _ = told;
            }
            finally
            {
                abandoned.Dispose();
            }
        }

        private void Tell(Downloaded piece)
        {
            lock (telling)
            {
                sum += piece.Bytes;
                foreach (var listener in listeners)
                    listener.Report(piece with { Bytes = sum });
            }
        }
    }
}
