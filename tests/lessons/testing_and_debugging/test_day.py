"""A day's clock jumps when every thread of the test waits, and goes as clocks do while one is at work."""

import threading
import time

from course.lessons.testing_and_debugging.day import Day


def _passed(test, rest=lambda: False):
    day = Day(test)
    with day.passing(rest, test):
        test()
    return day


def test_nobody_waits_for_a_sleep():
    began = time.monotonic()
    day = _passed(lambda: time.sleep(60))
    assert time.monotonic() - began < 30
    assert (day.slept, day.needless, day.waited) == (60, 60, 0)


def test_what_time_brings_is_worth_waiting_for():
    day = _passed(lambda: time.sleep(60), rest=lambda: True)
    assert (day.slept, day.needless) == (60, 0)


def test_another_thread_looks_again_while_the_test_waits():
    looks = []

    def test():
        there = threading.Event()

        def watch():
            while len(looks) < 20:
                time.sleep(0.5)
                looks.append(time.monotonic())
            there.set()

        thread = threading.Thread(target=watch)
        thread.start()
        assert there.wait(60)
        thread.join()

    began = time.monotonic()
    day = _passed(test)
    assert time.monotonic() - began < 9
    assert day.needless == 0


def test_a_thread_at_work_has_the_time_that_it_takes():
    def test():
        over, go_on = threading.Event(), threading.Lock()
        go_on.acquire()

        def work():
            with go_on:
                over.set()

        thread = threading.Thread(target=work)
        thread.start()
        assert not over.wait(0.05)
        go_on.release()
        while not over.is_set():
            time.sleep(0.001)
        thread.join()

    assert _passed(test).waited >= 0.05


def test_a_thread_that_waits_for_the_test_keeps_nobody():
    def test():
        told = threading.Event()
        thread = threading.Thread(target=told.wait)
        thread.start()
        time.sleep(50)
        told.set()
        thread.join()

    began = time.monotonic()
    _passed(test)
    assert time.monotonic() - began < 30
