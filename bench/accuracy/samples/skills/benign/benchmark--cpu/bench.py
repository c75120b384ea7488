import hashlib, multiprocessing as mp, os, time

def work(seconds):
    os.nice(19)
    end, n = time.time() + seconds, 0
    while time.time() < end:
        hashlib.sha256(n.to_bytes(8, "big")).digest()
        n += 1
    return n

if __name__ == "__main__":
    with mp.Pool() as pool:
        print(sum(pool.map(work, [20] * mp.cpu_count())) // 20, "hashes/s")
