using System.Diagnostics;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Batching;

/// <summary>
/// Requests that wait for a version's instances, a list a level of priority. An instance that is free takes everything
/// that fits into one run (greedy), so that batches grow by themselves under load and nobody waits without it.
/// </summary>
internal sealed class BatchQueue(BatchPolicy policy, RunTime runTime)
{
    // Behind requests of another shape an instance looks this far for those of the shape that it runs.
    private const int LooksAhead = 64;

    // Blocking for less than this takes longer than waiting awake.
    private static readonly long ShortWait = Stopwatch.Frequency / 20_000;

    // A run for the sake of a deadline starts so much before it must.
    private static readonly long WakesLate = Stopwatch.Frequency / 500;
    private readonly object gate = new();
    private readonly InferenceItem?[] heads = new InferenceItem?[policy.Levels];
    private readonly InferenceItem?[] tails = new InferenceItem?[policy.Levels];
    private int waiting;
    private int hurried;
    private bool closed;

    /// <summary>Most rows of one run.</summary>
    public int MaxRows { get; set; } = policy.MaxRows;

    /// <summary>Requests that wait.</summary>
    public int Depth => Volatile.Read(ref waiting);

    /// <summary>Queues a request; false when the queue is full or closed.</summary>
    public bool TryEnqueue(InferenceItem item)
    {
        lock (gate)
        {
            if (closed || waiting >= policy.Capacity)
                return false;
            var level = Math.Clamp(item.Priority, 1, policy.Levels) - 1;
            item.Priority = level + 1;
            item.EnqueuedAt = Stopwatch.GetTimestamp();
            (item.Next, item.Last, item.Queue) = (null, tails[level], this);
            if (tails[level] is { } tail)
                tail.Next = item;
            else
                heads[level] = item;
            tails[level] = item;
            waiting++;
            hurried += item.Deadline == long.MaxValue ? 0 : 1;
            Monitor.Pulse(gate);
        }

        return true;
    }

    /// <summary>Takes a request out whose client has gone; false when it runs already or is done.</summary>
    public bool TryRemove(InferenceItem item)
    {
        lock (gate)
        {
            if (item.Queue != this)
                return false;
            Unlink(item);
            return true;
        }
    }

    /// <summary>No more requests; instances take what waits and then get nothing.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>The next run: waits until there is one. Requests that nobody waits for any more are ended on the way.</summary>
    /// <param name="run">Gets the requests of the run, which all have rows of one shape.</param>
    /// <param name="idle">How long nobody may come, in milliseconds.</param>
    /// <returns>How many; 0 when the queue is closed and empty, less when nobody came.</returns>
    public int Take(InferenceItem[] run, int idle = Timeout.Infinite)
    {
        while (true)
        {
            Gather();
            lock (gate)
            {
                var now = Stopwatch.GetTimestamp();
                EndExpired(now);
                var (count, pause) = Collect(run, now);
                if (count > 0)
                    return count;
                if (closed && waiting == 0)
                    return 0;
                if (pause == 0 && !Monitor.Wait(gate, idle) && waiting == 0 && !closed)
                    return -1;
                if (pause >= ShortWait)
                    Monitor.Wait(gate, (int)Math.Ceiling(pause * 1000.0 / Stopwatch.Frequency));
                if (pause is 0 || pause >= ShortWait)
                    continue;
            }

            Thread.SpinWait(20);
        }
    }

    /// <summary>
    /// Lets threads that wait for a processor go first while they bring more: on a busy core the run would else keep away what
    /// could be part of it. Not for short runs, which would wait longer than they take, nor where a deadline counts.
    /// </summary>
    private void Gather()
    {
        if (policy.MaxRows == 1 || Volatile.Read(ref hurried) > 0 || runTime.Predict(1) <= OnnxExecutor.UsualShortRun)
            return;
        for (var (seen, now) = (0, Depth); now > seen && now < MaxRows; (seen, now) = (now, Depth))
            Thread.Yield();
    }

    /// <summary>Unlinks the requests of a run; none, and how long to wait for more (0: until somebody comes).</summary>
    private (int Count, long Pause) Collect(InferenceItem[] run, long now)
    {
        if (First() is not { } leader)
            return (0, 0);
        var (count, rows, soonest) = (0, 0, long.MaxValue);
        for (var level = 0; level < policy.Levels; level++)
        {
            var passed = 0;
            for (var item = heads[level]; item is not null && passed < LooksAhead && count < run.Length && rows < MaxRows; item = item.Next)
            {
                if (item != leader && ((long)rows + item.Rows > MaxRows || !item.HasRowsLike(leader)))
                {
                    passed++;
                    continue;
                }

                run[count++] = item;
                rows += item.Rows;
                soonest = Math.Min(soonest, item.Deadline);
            }
        }

        var until = closed ? now : Math.Min(leader.EnqueuedAt + policy.MaxDelay, soonest - (2 * runTime.Predict(rows)) - WakesLate);
        if (!(rows >= MaxRows || policy.StartsAt(rows)) && now < until)
        {
            Array.Clear(run, 0, count);
            return (0, until - now);
        }

        for (var i = 0; i < count; i++)
        {
            Unlink(run[i]);
            run[i].StartedAt = now;
        }

        return (count, 0);
    }

    private InferenceItem? First()
    {
        foreach (var head in heads)
        {
            if (head is not null)
                return head;
        }

        return null;
    }

    /// <summary>
    /// Ends requests whose time is up, or will be before a run could end. The first is run all the same: a model that was slow
    /// once would else never run again, and nobody learn that it is not slow any more.
    /// </summary>
    private void EndExpired(long now)
    {
        if (hurried == 0)
            return;
        var (soonest, first) = (now + runTime.Predict(1), First());
        foreach (var head in heads)
        {
            for (var item = head; item is not null;)
            {
                var next = item.Next;
                if (item.Deadline <= (item == first ? now : soonest))
                {
                    Unlink(item);
                    (item.StartedAt, item.DoneAt) = (now, now);
                    item.Complete(Expired);
                }

                item = next;
            }
        }
    }

    /// <summary>What a request is told whose time is up before it ran.</summary>
    public static PlaneError Expired { get; } = new(503, "timeout", "The request's timeout passed while it waited for the model.", RetryAfterSeconds: 1);

    private void Unlink(InferenceItem item)
    {
        var level = item.Priority - 1;
        if (item.Last is { } last)
            last.Next = item.Next;
        else
            heads[level] = item.Next;
        if (item.Next is { } next)
            next.Last = item.Last;
        else
            tails[level] = item.Last;
        (item.Next, item.Last, item.Queue) = (null, null, null);
        waiting--;
        hurried -= item.Deadline == long.MaxValue ? 0 : 1;
    }
}
